package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Apart;
import io.github.dl4jbnfold.linearize.run.Apart.Reason;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

/** Why linear neighbours stay two layers, in the words of the report. */
class ApartTest {
  private static final LayerFoldingOptions SHALLOW =
      LayerFoldingOptions.defaults().costs(Costs.DEPTH);
  private static final LayerFoldingOptions UNMOVED = SHALLOW.padding(PaddingScope.NONE);

  private static ConvolutionLayer conv(int outputs, int kernel) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .nOut(outputs)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.RELU)
        .build();
  }

  private static Folded.Net images() {
    return Folded.net(InputType.convolutional(6, 5, 3));
  }

  private static Apart only(LayerFoldingReport report) {
    assertThat(report.apart()).as(report.toText()).hasSize(1);
    return report.apart().get(0);
  }

  @Test
  void the_border_forbids_it_and_padding_in_front_would_have_helped() {
    Apart apart =
        only(
            images()
                .options(UNMOVED)
                .layer("a", conv(4, 3))
                .layer("b", conv(4, 5))
                .layer("end", new ActivationLayer(Activation.TANH))
                .linear("a-gate")
                .report());
    assertThat(apart.reason()).isEqualTo(Reason.BORDER);
    assertThat(apart.first()).isEqualTo("a");
    assertThat(apart.second()).isEqualTo("b");
    assertThat(apart.detail()).contains("reading the input");
    assertThat(apart.remedy()).contains("BLOCKS", "'a' by 3 × 3", "'b' by 0 × 0");
  }

  @Test
  void with_padding_in_front_of_it_nothing_stays_apart() {
    LayerFoldingReport report =
        images()
            .options(SHALLOW)
            .layer("a", conv(4, 3))
            .layer("b", conv(4, 5))
            .allLinear()
            .report();
    assertThat(report.apart()).isEmpty();
    assertThat(report.merged()).hasSize(1);
    assertThat(report.merged().get(0).layers()).containsExactly("a", "b");
    assertThat(report.merged().get(0).form()).isEqualTo("7 × 7, 3 → 4 channels");
    assertThat(report.depthBefore()).isEqualTo(2);
    assertThat(report.depthAfter()).isEqualTo(1);
  }

  @Test
  void a_bias_in_front_of_padding_is_told_from_an_input() {
    Apart apart =
        only(
            images()
                .options(UNMOVED)
                .layer("a", conv(4, 1))
                .layer("b", conv(4, 3))
                .allLinear()
                .report());
    assertThat(apart.reason()).isEqualTo(Reason.BORDER);
    assertThat(apart.detail()).contains("find a bias");
  }

  @Test
  void one_layer_would_multiply_more() {
    Apart apart =
        only(
            images()
                .options(LayerFoldingOptions.defaults())
                .layer("a", conv(4, 3))
                .layer("b", conv(8, 3))
                .allLinear()
                .report());
    assertThat(apart.reason()).isEqualTo(Reason.COST);
    assertThat(apart.detail()).contains("1.5");
  }

  @Test
  void one_layer_would_grow_too_much() {
    Apart apart =
        only(
            images()
                .options(SHALLOW.growth(1))
                .layer("a", conv(4, 3))
                .layer("b", conv(8, 3))
                .allLinear()
                .report());
    assertThat(apart.reason()).isEqualTo(Reason.GROWTH);
  }

  @Test
  void inside_of_a_residual_block() {
    LayerFoldingReport report =
        images()
            .options(UNMOVED)
            .layer("stem", conv(4, 3))
            .layer("a", conv(4, 3))
            .layer("b", conv(4, 3))
            .add("sum", "b", "stem")
            .layer("relu", new ActivationLayer(Activation.RELU))
            .linear("a-gate", "b-gate")
            .report();
    assertThat(only(report).second()).isEqualTo("b");
  }

  @Test
  void activations_that_stay_are_no_reason_to_complain() {
    LayerFoldingReport report =
        images().options(UNMOVED).layer("a", conv(4, 3)).layer("b", conv(4, 3)).linear().report();
    assertThat(report.apart()).isEmpty();
    assertThat(report.linear()).isEmpty();
    assertThat(report.activations()).contains("a-gate");
  }

  @Test
  void the_report_as_JSON_has_the_reasons() throws Exception {
    LayerFoldingReport report =
        images()
            .options(UNMOVED)
            .layer("a", conv(4, 3))
            .layer("b", conv(4, 3))
            .allLinear()
            .report();
    var json = new ObjectMapper().readTree(report.toJson());
    assertThat(json.at("/apart/0/reason").asText()).isEqualTo("BORDER");
    assertThat(json.at("/depthBefore").asInt()).isEqualTo(2);
    assertThat(report.toText()).contains("stay apart (BORDER)", "activations linear");
  }
}
