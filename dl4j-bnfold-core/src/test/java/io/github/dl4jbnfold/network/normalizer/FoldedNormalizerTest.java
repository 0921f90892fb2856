package io.github.dl4jbnfold.network.normalizer;

import static io.github.dl4jbnfold.fixture.Normalizers.centred;
import static io.github.dl4jbnfold.fixture.Normalizers.minMax;
import static io.github.dl4jbnfold.fixture.Normalizers.standardize;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.plan.Objective;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.VGG16ImagePreProcessor;
import org.nd4j.linalg.factory.Nd4j;

/** Normalizers that become a part of the weights. */
class FoldedNormalizerTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 3);

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nOut(4).build();
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(3, 2).nOut(4).build();
  }

  private static ConvolutionLayer padded() {
    return new ConvolutionLayer.Builder(3, 3).nOut(4).convolutionMode(ConvolutionMode.Same).build();
  }

  private static BatchNormalization norm() {
    return new BatchNormalization();
  }

  private static ActivationLayer wall() {
    return new ActivationLayer(Activation.SIGMOID);
  }

  @Test
  void a_standardization_goes_into_a_dense_layer() {
    Pipeline.of(standardize(3, 1), InputType.feedForward(3), dense(), wall()).folds();
  }

  @Test
  void a_range_goes_into_a_dense_layer() {
    Pipeline.of(minMax(3, 2), InputType.feedForward(3), dense(), wall()).folds();
  }

  @Test
  void labels_of_the_normalizer_do_not_matter() {
    NormalizerStandardize labelled = standardize(3, 3);
    labelled.fitLabel(true);
    labelled.setLabelStats(Nd4j.rand(1, 4), Nd4j.rand(1, 4).addi(1));

    Pipeline.of(labelled, InputType.feedForward(3), dense(), wall()).folds();
  }

  @Test
  void norms_go_beside_it() {
    Pipeline.of(standardize(3, 4), InputType.feedForward(3), dense(), norm(), wall())
        .folds()
        .removesAll();
  }

  @Test
  void a_convolution_that_reads_no_zeros_takes_it() {
    Pipeline.of(standardize(3, 5), IMAGE, conv(), norm(), wall()).folds().removesAll();
  }

  @Test
  void a_convolution_that_pads_with_zeros_takes_a_scale() {
    Pipeline.of(centred(3, 6), IMAGE, padded(), norm(), wall()).folds().removesAll();
  }

  @Test
  void a_convolution_that_pads_with_zeros_takes_a_shift_with_a_map_of_this_library() {
    Pipeline.of(
            standardize(3, 7), IMAGE, padded(), norm(), new DenseLayer.Builder().nOut(2).build())
        .with(options -> options.portable(false))
        .folds()
        .removesAll();
  }

  @Test
  void a_padding_takes_a_shift_with_a_pad_value_of_this_library() {
    Pipeline.of(standardize(3, 8), IMAGE, new ZeroPaddingLayer(1, 2), conv(), dense())
        .with(options -> options.portable(false))
        .folds();
  }

  @Test
  void a_norm_at_the_input_goes_with_it() {
    Pipeline.of(standardize(3, 9), IMAGE, norm(), conv(), wall()).folds().removesAll();
  }

  @Test
  void a_norm_at_the_input_that_must_stay_takes_it() {
    Pipeline.of(standardize(3, 10), IMAGE, norm(), wall()).folds();
    Pipeline.of(standardize(3, 11), IMAGE, norm(), padded(), wall())
        .with(options -> options.keep(name -> true))
        .folds();
  }

  @Test
  void it_goes_through_pools_and_flattening() {
    SubsamplingLayer pool = new SubsamplingLayer.Builder(2, 2).build();
    Pipeline.of(standardize(3, 13), IMAGE, pool, dense(), wall()).folds();
  }

  @Test
  void a_range_of_pixels_goes_into_channels_last_images() {
    InputType last = InputType.convolutional(9, 7, 3, CNN2DFormat.NHWC);
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, 2).nOut(4).dataFormat(CNN2DFormat.NHWC).build();
    Pipeline.of(new ImagePreProcessingScaler(-0.7, 1.9, 3), last, conv, wall()).folds();
  }

  @Test
  void channels_go_into_channels_last_images_if_the_normalizer_works_along_them() {
    NormalizerStandardize own =
        new NormalizerStandardize(standardize(3, 21).getMean(), standardize(3, 21).getStd()) {
          @Override
          public void transform(INDArray features) {
            super.transform(features.permute(0, 3, 1, 2));
          }
        };
    InputType last = InputType.convolutional(9, 7, 3, CNN2DFormat.NHWC);
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, 2).nOut(4).dataFormat(CNN2DFormat.NHWC).build();
    Pipeline.of(own, last, conv, wall()).folds();
  }

  @Test
  void features_of_any_magnitude_go() {
    NormalizerStandardize years = standardize(3, 22);
    years.getMean().assign(Nd4j.createFromArray(new double[][] {{1.6e9, 0.7, -3e4}}));
    years.getStd().assign(Nd4j.createFromArray(new double[][] {{2e7, 3e-2, 4e3}}));
    Pipeline.of(years, InputType.feedForward(3), dense(), wall()).around(years).folds();
  }

  @Test
  void a_range_of_pixels_goes_into_flattened_images() {
    Pipeline.of(
            new ImagePreProcessingScaler(-0.7, 1.9, 3),
            InputType.convolutionalFlat(6, 5, 2),
            conv(),
            norm(),
            wall())
        .folds()
        .removesAll();
  }

  @Test
  void means_of_pixels_go_into_a_convolution() {
    Pipeline.of(new VGG16ImagePreProcessor(), IMAGE, conv(), norm(), wall()).folds().removesAll();
  }

  @Test
  void features_of_sequences_go_into_a_recurrent_layer() {
    InputType sequence = InputType.recurrent(3, 6);
    LSTM lstm = new LSTM.Builder().nOut(4).build();
    Pipeline.of(standardize(3, 14), sequence, lstm, output()).folds();
    Pipeline.of(minMax(3, 15), sequence, new Bidirectional(lstm), output()).folds();
  }

  private static RnnOutputLayer output() {
    return new RnnOutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build();
  }

  @Test
  void features_of_sequences_go_into_a_convolution() {
    InputType sequence = InputType.recurrent(3, 8);
    Convolution1DLayer conv = new Convolution1DLayer.Builder(3).nOut(4).build();
    Pipeline.of(standardize(3, 16), sequence, conv, wall()).folds();
  }

  @Test
  void no_new_operators_are_needed_for_it() {
    Pipeline.of(standardize(3, 17), IMAGE, conv(), norm(), wall())
        .with(options -> options.objective(Objective.NO_NEW_OPERATORS))
        .folds()
        .removesAll();
  }

  @Test
  void a_feature_that_never_changed_becomes_a_constant() {
    NormalizerStandardize constant = standardize(3, 18);
    constant.getMean().putScalar(1, 0);
    constant.getStd().putScalar(1, 1e-5);
    Pipeline.of(constant, InputType.feedForward(3), dense(), wall()).folds();
  }

  @Test
  void a_norm_that_stays_for_its_sake_says_so() {
    // Without a shift of its own it could go into the convolution, and the normalizer could not.
    var fold = Pipeline.of(minMax(3, 19), IMAGE, norm(), padded(), wall()).withoutShifts().folds();

    assertThat(fold.report().kept())
        .singleElement()
        .satisfies(
            kept ->
                assertThat(kept.detail() + kept.remedy())
                    .contains(
                        "the folding of the normalizer of 'input' needs",
                        "the normalizer of 'input' were not folded",
                        "It goes where no normalizer is folded."));
  }

  @Test
  void a_norm_that_stays_for_another_reason_does_not() {
    var fold = Pipeline.of(minMax(3, 20), IMAGE, conv(), wall(), norm(), wall()).folds();

    assertThat(fold.report().kept())
        .singleElement()
        .satisfies(kept -> assertThat(kept.remedy()).doesNotContain("normalizer"));
  }
}
