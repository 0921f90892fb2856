package io.github.dl4jbnfold.network.normalizer;

import static io.github.dl4jbnfold.fixture.Normalizers.standardize;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Normalizers that no weights can take over exactly. */
class RefusedNormalizerTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 3);
  private static final InputType VECTOR = InputType.feedForward(3);

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nOut(4).build();
  }

  private static ConvolutionLayer padded() {
    return new ConvolutionLayer.Builder(3, 3).nOut(4).convolutionMode(ConvolutionMode.Same).build();
  }

  /** One that also does something else. */
  private static final class Bent extends ImagePreProcessingScaler {
    private final double bound;

    Bent(double bound) {
      super(-0.3, 1.6, 3);
      this.bound = bound;
    }

    @Override
    public void transform(INDArray features) {
      super.transform(features);
      features.assign(Transforms.max(features, -bound));
    }
  }

  @Test
  void one_that_clamps() {
    Pipeline.of(new Bent(1), VECTOR, dense()).refused("'input' (Bent)", "just multiply and add");
    Pipeline.of(new Bent(40_000), VECTOR, dense())
        .refused("'input' (Bent)", "just multiply and add");
  }

  @Test
  void one_that_does_not_take_all_numbers() {
    ImagePreProcessingScaler root =
        new ImagePreProcessingScaler() {
          @Override
          public void transform(INDArray features) {
            features.assign(Transforms.sqrt(features));
          }
        };
    Pipeline.of(root, VECTOR, dense()).refused("just multiply and add", "but it makes NaN");
  }

  @Test
  void one_that_differs_between_positions() {
    ImagePreProcessingScaler slope =
        new ImagePreProcessingScaler() {
          @Override
          public void transform(INDArray features) {
            features.addi(Nd4j.linspace(0, 1, features.length()).reshape(features.shape()));
          }
        };
    Pipeline.of(slope, IMAGE, padded()).refused("'input'", "along one axis of [2, 3, 9, 7]");
  }

  @Test
  void one_of_another_number_of_features() {
    Pipeline.of(standardize(4, 1), VECTOR, dense()).refused("does not take inputs of shape [2, 3]");
  }

  @Test
  void one_that_was_never_fitted() {
    Pipeline.of(new NormalizerStandardize(), VECTOR, dense()).refused("fit() first");
  }

  @Test
  void one_whose_statistics_are_not_finite() {
    NormalizerStandardize broken = standardize(3, 7);
    broken.getMean().putScalar(1, Double.NaN);
    Pipeline.of(broken, VECTOR, dense()).refused("is not finite");
  }

  @Test
  void one_before_an_activation() {
    ActivationLayer sigmoid =
        new ActivationLayer.Builder().name("squash").activation(Activation.SIGMOID).build();
    Pipeline.of(standardize(3, 2), VECTOR, sigmoid, dense())
        .refused(
            "The normalizer of the input 'input' cannot be folded. These cannot hold together:",
            "its folding",
            "'squash'",
            "It would fold if a linear operator stood between it and 'squash'.");
  }

  @Test
  void a_shift_before_zero_padding_where_only_layers_of_this_library_hold_it() {
    Pipeline.of(standardize(3, 3), IMAGE, padded(), dense())
        .refused(
            "'layer0' did not pad with zeros", "FoldingOptions.portable(false) folds it, with");
  }

  @Test
  void one_along_the_height_of_channels_last_images() {
    InputType last = InputType.convolutional(9, 7, 3, CNN2DFormat.NHWC);
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, 2).nOut(4).dataFormat(CNN2DFormat.NHWC).build();
    Pipeline.of(standardize(9, 4), last, conv).refused("change of the channel axis");
  }

  @Test
  void one_that_differs_between_the_pixels_of_flattened_images() {
    Pipeline.of(standardize(60, 8), InputType.convolutionalFlat(6, 5, 2), padded())
        .refused("its folding", "reshape 'layer0'");
  }

  @Test
  void one_of_indices() {
    EmbeddingLayer rows = new EmbeddingLayer.Builder().nIn(9).nOut(4).build();
    Pipeline.of(standardize(1, 5), InputType.feedForward(1), rows).refused("index 'layer0'");
  }

  @Test
  void one_whose_mean_is_far_beyond_its_deviation() {
    NormalizerStandardize far = standardize(3, 6);
    far.getMean().putScalar(2, 3e6);
    Pipeline.of(far, VECTOR, dense()).refused("beyond the limit", "Fold in a wider data type.");
  }
}
