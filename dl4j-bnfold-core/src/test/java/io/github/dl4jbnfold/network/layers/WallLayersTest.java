package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.lastAxisNorm;
import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.layers.GateLayer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;

/** Layers that nothing passes: a norm before one goes back, and one between two of them stays. */
class WallLayersTest {
  private static final InputType VECTORS = InputType.feedForward(3);

  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(2, 2).nOut(4).build();
  }

  @ParameterizedTest
  @EnumSource
  void local_response_normalization(CNN2DFormat format) {
    InputType images = InputType.convolutional(5, 4, 3, format);
    LocalResponseNormalization lrn =
        new LocalResponseNormalization.Builder().dataFormat(format).build();

    Chain.of(images, conv(), norm(), lrn, norm(), conv(), wall()).removesAll();
    Chain.of(images, wall(), norm(), lrn, norm(), wall()).keeps("layer1", Reason.SCALE_CONFLICT);
  }

  @Test
  void autoencoders() {
    AutoEncoder encoder = new AutoEncoder.Builder().nOut(4).build();
    Chain.of(VECTORS, dense(4), norm(), encoder, norm(), dense(2), wall()).removesAll();
    Chain.of(VECTORS, wall(), norm(), encoder, wall()).keeps("layer1", Reason.SCALE_CONFLICT);

    VariationalAutoencoder variational =
        new VariationalAutoencoder.Builder()
            .nOut(4)
            .encoderLayerSizes(3)
            .decoderLayerSizes(3)
            .build();
    Chain.of(VECTORS, dense(4), norm(), variational, norm(), dense(2), wall()).removesAll();
    Chain.of(VECTORS, wall(), norm(), variational, wall()).keeps("layer1", Reason.SCALE_CONFLICT);
  }

  @Test
  void an_output_with_centres_of_classes() {
    CenterLossOutputLayer output =
        new CenterLossOutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build();

    Chain.of(VECTORS, dense(4), norm(), output).removesAll();
    Chain.of(VECTORS, wall(), norm(), output).keeps("layer1", Reason.SCALE_CONFLICT);
  }

  private static void isWallOfSequences(Layer layer) {
    RepeatVector repeat = new RepeatVector.Builder<>(5).build();
    Chain.of(VECTORS, dense(4), norm(), repeat, layer, wall()).once().removesAll();
    Chain.of(VECTORS, wall(), norm(), repeat, layer, wall())
        .once()
        .keeps("layer1", Reason.SCALE_CONFLICT);
  }

  @Test
  void self_attention() {
    isWallOfSequences(
        new SelfAttentionLayer.Builder().nOut(4).nHeads(2).projectInput(true).build());
  }

  @Test
  void attention_with_learned_queries_is_what_Deeplearning4j_itself_cannot_run() {
    LearnedSelfAttentionLayer layer =
        new LearnedSelfAttentionLayer.Builder()
            .nOut(4)
            .nHeads(2)
            .nQueries(3)
            .projectInput(true)
            .build();

    Chain.of(VECTORS, wall(), norm(), new RepeatVector.Builder<>(5).build(), layer, wall())
        .refused("does not run on random inputs");
  }

  @Test
  void recurrent_attention() {
    isWallOfSequences(
        new RecurrentAttentionLayer.Builder().nOut(4).nHeads(2).projectInput(true).build());
  }

  @Test
  void outputs_that_detect_objects_or_outliers() {
    InputType images = InputType.convolutional(5, 4, 3);
    Yolo2OutputLayer boxes =
        new Yolo2OutputLayer.Builder()
            .boundingBoxPriors(Nd4j.create(new double[][] {{1, 2}}))
            .build();
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nOut(7).build();
    Chain.of(images, conv, norm(), boxes).removesAll();
    ConvolutionLayer sigmoid =
        new ConvolutionLayer.Builder(2, 2).nOut(7).activation(Activation.SIGMOID).build();
    Chain.of(images, sigmoid, norm(), boxes).keeps("layer1", Reason.SCALE_CONFLICT);

    OCNNOutputLayer outliers =
        new OCNNOutputLayer.Builder()
            .nIn(4)
            .hiddenLayerSize(3)
            .activation(Activation.SIGMOID)
            .build();
    Chain.of(VECTORS, dense(4), norm(), outliers).removesAll();
    Chain.of(VECTORS, wall(), dense(4), wall(), norm(), outliers)
        .keeps("layer3", Reason.SCALE_CONFLICT);
  }

  @Test
  void capsules() {
    InputType images = InputType.convolutional(7, 6, 3);
    PrimaryCapsules primary =
        new PrimaryCapsules.Builder(2, 2).kernelSize(2, 2).stride(2, 2).build();
    CapsuleLayer capsules = new CapsuleLayer.Builder(3, 2, 1).build();

    Chain.of(images, conv(), norm(), primary, capsules, new CapsuleStrengthLayer())
        .once()
        .removesAll();
    Chain.of(images, wall(), norm(), primary, capsules, new CapsuleStrengthLayer())
        .once()
        .keeps("layer1", Reason.SCALE_CONFLICT);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.4, 1})
  void gates(double alpha) {
    GateLayer gate = new GateLayer.Builder().start(alpha).frozen(true).build();
    InputType images = InputType.convolutional(5, 4, 3);

    Chain.of(images, conv(), norm(), gate, norm(), conv(), wall()).removesAll();
    Chain.of(images, wall(), norm(), gate, norm(), wall()).keeps("layer1", Reason.SCALE_CONFLICT);
  }

  @Test
  void a_norm_of_sequences_between_walls_stays() {
    LSTM lstm = new LSTM.Builder().nOut(2).build();

    Chain.of(InputType.recurrent(3, 5, RNNFormat.NWC), lstm, lastAxisNorm(), wall())
        .once()
        .keeps("layer1", Reason.SCALE_CONFLICT);
  }
}
