package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.lastAxisNorm;
import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools over windows and over all positions. */
class PoolingLayersTest {
  private static final InputType SEQUENCES = InputType.recurrent(3, 8, RNNFormat.NWC);

  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(7, 6, 3, format);
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(2, 2).nOut(3).build();
  }

  private static Convolution1DLayer conv1d() {
    return new Convolution1DLayer.Builder(2).nOut(3).rnnDataFormat(RNNFormat.NWC).build();
  }

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nOut(2).build();
  }

  private static SubsamplingLayer.Builder pool(PoolingType type) {
    return new SubsamplingLayer.Builder(type)
        .kernelSize(2, 3)
        .stride(1, 2)
        .pnorm(3)
        .convolutionMode(ConvolutionMode.Truncate);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_through_an_average_whose_divisor_counts_no_padding(CNN2DFormat format) {
    SubsamplingLayer[] pools = {
      pool(PoolingType.AVG).build(),
      pool(PoolingType.AVG).padding(1, 1).build(),
      pool(PoolingType.AVG).convolutionMode(ConvolutionMode.Same).build(),
      pool(PoolingType.AVG).avgPoolIncludePadInDivisor(true).build(),
    };
    for (SubsamplingLayer pool : pools) {
      Chain.of(images(format), conv(), pool, norm(), wall()).once().removesAll();
      Chain.of(images(format), wall(), norm(), pool, conv(), wall()).once().removesAll();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_at_an_average_whose_divisor_counts_padding(CNN2DFormat format) {
    SubsamplingLayer[] pools = {
      pool(PoolingType.AVG).padding(1, 1).avgPoolIncludePadInDivisor(true).build(),
      pool(PoolingType.AVG)
          .convolutionMode(ConvolutionMode.Same)
          .avgPoolIncludePadInDivisor(true)
          .build(),
    };
    for (SubsamplingLayer pool : pools) {
      Chain.of(images(format), conv(), pool, norm(), wall()).keeps("layer2", Reason.SHIFT_CONFLICT);
      Chain.of(images(format), wall(), norm(), pool, conv(), wall())
          .keeps("layer1", Reason.SHIFT_CONFLICT);
      Chain.of(images(format), conv(), norm(), pool, conv(), wall()).removesAll();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_positive_norm_goes_through_a_maximum_whatever_is_padded(CNN2DFormat format) {
    SubsamplingLayer[] pools = {
      pool(PoolingType.MAX).build(),
      pool(PoolingType.MAX).padding(1, 1).build(),
      pool(PoolingType.MAX).convolutionMode(ConvolutionMode.Same).build(),
      pool(PoolingType.MAX).kernelSize(2, 2).dilation(2, 2).build(),
    };
    for (SubsamplingLayer pool : pools) {
      Chain.of(images(format), conv(), pool, norm(), wall()).positive().once().removesAll();
      Chain.of(images(format), wall(), norm(), pool, conv(), wall()).positive().once().removesAll();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_negative_norm_stays_behind_a_maximum(CNN2DFormat format) {
    Chain.of(images(format), conv(), pool(PoolingType.MAX).build(), norm(), wall())
        .negative()
        .keeps("layer2", Reason.SIGN_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void only_a_positive_scale_goes_through_a_p_norm(CNN2DFormat format) {
    SubsamplingLayer pool = pool(PoolingType.PNORM).build();

    Chain.of(images(format), conv(), pool, norm(), wall()).positive().centred().removesAll();
    Chain.of(images(format), conv(), pool, norm(), wall())
        .positive()
        .keeps("layer2", Reason.SHIFT_CONFLICT);
    Chain.of(images(format), conv(), norm(), pool, norm(), conv(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_through_the_other_name_of_a_pool(CNN2DFormat format) {
    Pooling2D pool = new Pooling2D();
    pool.setPoolingType(PoolingType.AVG);
    pool.setKernelSize(new int[] {2, 2});
    pool.setStride(new int[] {1, 1});
    pool.setPadding(new int[] {0, 0});
    pool.setDilation(new int[] {1, 1});
    pool.setConvolutionMode(ConvolutionMode.Truncate);
    pool.setCnn2dDataFormat(format);

    Chain.of(images(format), conv(), pool, norm(), wall()).removesAll();
  }

  private static Subsampling1DLayer.Builder pool1d(PoolingType type) {
    Subsampling1DLayer.Builder builder = new Subsampling1DLayer.Builder(3);
    return builder.stride(2).pnorm(3).poolingType(type).convolutionMode(ConvolutionMode.Truncate);
  }

  private static Subsampling1DLayer lastAxisPool(PoolingType type) {
    return pool1d(type).dataFormat(CNN2DFormat.NHWC).build();
  }

  @Test
  void a_norm_goes_through_an_average_of_sequences() {
    Subsampling1DLayer pool = lastAxisPool(PoolingType.AVG);

    Chain.of(SEQUENCES, conv1d(), pool, lastAxisNorm(), wall()).removesAll();
    Chain.of(SEQUENCES, wall(), lastAxisNorm(), pool, conv1d(), wall()).removesAll();
  }

  @Test
  void a_positive_norm_goes_through_a_maximum_of_sequences() {
    Subsampling1DLayer pool = lastAxisPool(PoolingType.MAX);

    Chain.of(SEQUENCES, conv1d(), pool, lastAxisNorm(), wall()).positive().removesAll();
    Chain.of(SEQUENCES, wall(), lastAxisNorm(), pool, conv1d(), wall()).positive().removesAll();
    Chain.of(SEQUENCES, conv1d(), pool, lastAxisNorm(), wall())
        .negative()
        .keeps("layer2", Reason.SIGN_CONFLICT);
  }

  @Test
  void only_a_positive_scale_goes_through_a_p_norm_of_sequences() {
    Subsampling1DLayer pool = lastAxisPool(PoolingType.PNORM);

    Chain.of(SEQUENCES, conv1d(), pool, lastAxisNorm(), wall()).positive().centred().removesAll();
    Chain.of(SEQUENCES, conv1d(), pool, lastAxisNorm(), wall())
        .positive()
        .keeps("layer2", Reason.SHIFT_CONFLICT);
  }

  private static Subsampling1DLayer.Builder same(PoolingType type) {
    return pool1d(type).convolutionMode(ConvolutionMode.Same);
  }

  private static Chain pooledTwice(Subsampling1DLayer pool) {
    return Chain.of(
        InputType.recurrent(3, 8),
        new Convolution1DLayer.Builder(2).nOut(3).build(),
        pool,
        new GlobalPoolingLayer(PoolingType.AVG),
        norm(),
        wall());
  }

  @Test
  void in_the_format_NCW_a_norm_goes_backward_through_both_pools() {
    pooledTwice(pool1d(PoolingType.AVG).build()).removesAll();
    // Padding in numbers is what Deeplearning4j itself cannot run: it pads an axis of its own too.
    pooledTwice(pool1d(PoolingType.AVG).padding(1).build()).refused("does not run");
    pooledTwice(same(PoolingType.AVG).build()).removesAll();
    pooledTwice(same(PoolingType.MAX).build()).positive().removesAll();
    pooledTwice(same(PoolingType.AVG).avgPoolIncludePadInDivisor(true).build())
        .keeps("layer3", Reason.SHIFT_CONFLICT);
    Pooling1D other = new Pooling1D();
    other.setPoolingType(PoolingType.AVG);
    other.setKernelSize(new int[] {3, 1});
    other.setStride(new int[] {1, 1});
    other.setPadding(new int[] {0, 0});
    other.setDilation(new int[] {1, 1});
    other.setConvolutionMode(ConvolutionMode.Truncate);
    pooledTwice(other).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_through_a_global_average(CNN2DFormat format) {
    GlobalPoolingLayer pool = new GlobalPoolingLayer(PoolingType.AVG);

    Chain.of(images(format), conv(), pool, norm(), wall()).removesAll();
    Chain.of(images(format), wall(), norm(), pool, dense(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_positive_norm_goes_through_a_global_maximum(CNN2DFormat format) {
    GlobalPoolingLayer pool = new GlobalPoolingLayer(PoolingType.MAX);

    Chain.of(images(format), conv(), pool, norm(), wall()).positive().removesAll();
    Chain.of(images(format), wall(), norm(), pool, dense(), wall()).positive().removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_at_a_global_sum_because_it_depends_on_the_size(CNN2DFormat format) {
    GlobalPoolingLayer pool = new GlobalPoolingLayer(PoolingType.SUM);

    Chain.of(images(format), conv(), pool, norm(), wall()).keeps("layer2", Reason.SHIFT_CONFLICT);
    Chain.of(images(format), conv(), pool, norm(), wall()).centred().removesAll();
    Chain.of(images(format), conv(), norm(), pool, dense(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void only_a_positive_scale_goes_through_a_global_p_norm(CNN2DFormat format) {
    GlobalPoolingLayer pool = new GlobalPoolingLayer.Builder(PoolingType.PNORM).pnorm(3).build();

    Chain.of(images(format), conv(), pool, norm(), wall()).positive().centred().removesAll();
    Chain.of(images(format), conv(), pool, norm(), wall())
        .positive()
        .keeps("layer2", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void positions_may_be_kept_as_axes_of_length_one(PoolingType type) {
    GlobalPoolingLayer pool =
        new GlobalPoolingLayer.Builder(type).collapseDimensions(false).pnorm(2).build();
    ConvolutionLayer point = new ConvolutionLayer.Builder(1, 1).nOut(2).build();

    Chain.of(images(CNN2DFormat.NCHW), conv(), pool, norm(), wall())
        .positive()
        .centred()
        .removesAll();
    Chain.of(images(CNN2DFormat.NCHW), conv(), norm(), pool, norm(), point, wall())
        .positive()
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource(names = {"AVG", "MAX"})
  void a_norm_goes_through_a_global_pool_of_sequences(PoolingType type) {
    GlobalPoolingLayer pool = new GlobalPoolingLayer.Builder(type).poolingDimensions(1).build();

    Chain.of(SEQUENCES, conv1d(), lastAxisNorm(), pool, dense(), wall()).positive().removesAll();
  }
}
