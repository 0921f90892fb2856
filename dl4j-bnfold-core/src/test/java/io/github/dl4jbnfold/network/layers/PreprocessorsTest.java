package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is done to the input of a layer first: it moves elements, and the norms follow them. */
class PreprocessorsTest {
  private static DenseLayer dense(int inputs, int outputs) {
    return new DenseLayer.Builder().nIn(inputs).nOut(outputs).build();
  }

  private static DenseLayer sigmoid(int inputs, int outputs) {
    return new DenseLayer.Builder()
        .nIn(inputs)
        .nOut(outputs)
        .activation(Activation.SIGMOID)
        .build();
  }

  private static ConvolutionLayer conv(int inputs, int outputs, CNN2DFormat format) {
    return new ConvolutionLayer.Builder(2, 2).nIn(inputs).nOut(outputs).dataFormat(format).build();
  }

  private static BatchNormalization sized(int channels, CNN2DFormat format) {
    return new BatchNormalization.Builder().nIn(channels).nOut(channels).dataFormat(format).build();
  }

  @ParameterizedTest
  @EnumSource
  void flattened_images_keep_the_order_of_their_format(CNN2DFormat format) {
    InputType images = InputType.convolutional(4, 3, 3, format);
    ConvolutionLayer conv = conv(3, 4, format);

    // The dense layer behind the norm of images, and a norm of features behind both.
    Chain.of(images, conv, norm(), dense(0, 5), norm(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_of_flattened_features_does_not_go_back_into_a_convolution(CNN2DFormat format) {
    long[] shape = InputType.convolutional(4, 3, 3, format).getShape();

    Chain.ofShape(shape, conv(3, 4, format), sized(24, format), wall())
        .before(1, new CnnToFeedForwardPreProcessor(3, 2, 4, format))
        .keeps("layer1", Reason.SCALE_CONFLICT);
    Chain.ofShape(shape, conv(3, 4, format), sized(24, format), dense(24, 2), wall())
        .before(1, new CnnToFeedForwardPreProcessor(3, 2, 4, format))
        .removesAll();
  }

  @Test
  void vectors_become_images_channel_by_channel() {
    Chain.ofShape(
            new long[] {12},
            sigmoid(12, 12),
            sized(12, CNN2DFormat.NCHW),
            conv(3, 4, CNN2DFormat.NCHW),
            wall())
        .before(2, new FeedForwardToCnnPreProcessor(2, 2, 3))
        .keeps("layer1", Reason.SCALE_CONFLICT);
    Chain.ofShape(
            new long[] {12},
            dense(12, 12),
            sized(12, CNN2DFormat.NCHW),
            conv(3, 4, CNN2DFormat.NCHW),
            sized(4, CNN2DFormat.NCHW),
            wall())
        .before(2, new FeedForwardToCnnPreProcessor(2, 2, 3))
        .removesAll();
    // Backward a norm of channels is a norm of all features of a channel.
    Chain.ofShape(new long[] {12}, dense(12, 12), sized(3, CNN2DFormat.NCHW), wall())
        .before(1, new FeedForwardToCnnPreProcessor(2, 2, 3))
        .removesAll();
  }

  @Test
  void flat_images_at_the_input_become_images() {
    Chain.of(InputType.convolutionalFlat(4, 3, 2), conv(2, 4, CNN2DFormat.NCHW), norm(), wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void the_steps_of_sequences_become_examples_and_back(RNNFormat format) {
    Convolution1DLayer conv =
        new Convolution1DLayer.Builder(2).nOut(4).rnnDataFormat(format).build();
    LSTM lstm = new LSTM.Builder().nOut(2).build();

    Chain.of(InputType.recurrent(3, 5, format), conv, norm(), lstm, wall())
        .before(1, new RnnToFeedForwardPreProcessor(format))
        .before(2, new FeedForwardToRnnPreProcessor(format))
        .removesAll();
  }

  @Test
  void the_steps_of_sequences_become_images() {
    Convolution1DLayer conv = new Convolution1DLayer.Builder(1).nIn(3).nOut(12).build();

    Chain.ofShape(
            new long[] {3, 5},
            conv,
            sized(2, CNN2DFormat.NCHW),
            conv(2, 3, CNN2DFormat.NCHW),
            wall())
        .before(1, new RnnToCnnPreProcessor(3, 2, 2))
        .removesAll();
  }

  @Test
  void images_become_the_steps_of_sequences() {
    LSTM lstm = new LSTM.Builder().nIn(12).nOut(3).build();

    Chain.ofShape(
            new long[] {12, 5},
            conv(2, 2, CNN2DFormat.NCHW),
            sized(2, CNN2DFormat.NCHW),
            new ConvolutionLayer.Builder(1, 1).nIn(2).nOut(6).build(),
            sized(6, CNN2DFormat.NCHW),
            lstm,
            wall())
        .before(0, new RnnToCnnPreProcessor(3, 2, 2))
        .before(4, new CnnToRnnPreProcessor(2, 1, 6))
        .once()
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void volumes_become_vectors_and_back(Convolution3D.DataFormat format) {
    boolean first = format == Convolution3D.DataFormat.NCDHW;
    Convolution3D conv =
        new Convolution3D.Builder(1, 2, 1).nIn(3).nOut(2).dataFormat(format).build();

    Chain.ofShape(
            new long[] {3},
            sigmoid(3, 3),
            sized(3, CNN2DFormat.NCHW),
            new Upsampling3D.Builder(format, 2).build(),
            conv,
            dense(8, 4),
            sized(4, CNN2DFormat.NCHW),
            wall())
        .before(2, new FeedForwardToCnn3DPreProcessor(1, 1, 1, 3, first))
        .before(4, new Cnn3DToFeedForwardPreProcessor(2, 1, 2, 2, first))
        .removesAll();
  }

  @Test
  void several_preprocessors_are_done_one_after_the_other() {
    InputPreProcessor both =
        new ComposableInputPreProcessor(
            new CnnToFeedForwardPreProcessor(3, 2, 4), new FeedForwardToCnnPreProcessor(2, 3, 4));

    Chain.ofShape(
            new long[] {3, 4, 3},
            conv(3, 4, CNN2DFormat.NCHW),
            sized(4, CNN2DFormat.NCHW),
            conv(4, 2, CNN2DFormat.NCHW),
            wall())
        .before(2, both)
        .removesAll();
  }

  @Test
  void those_of_imported_networks_move_elements_too() {
    Chain.ofShape(
            new long[] {3, 4, 3},
            conv(3, 4, CNN2DFormat.NCHW),
            sized(4, CNN2DFormat.NCHW),
            conv(4, 2, CNN2DFormat.NHWC),
            wall())
        .before(2, new PermutePreprocessor(2, 3, 1))
        .removesAll();
    Chain.ofShape(
            new long[] {12},
            dense(12, 12),
            sized(3, CNN2DFormat.NCHW),
            conv(3, 2, CNN2DFormat.NCHW),
            wall())
        .before(1, new ReshapePreprocessor(new long[] {12}, new long[] {3, 2, 2}, false))
        .removesAll();
  }

  @Test
  void an_unknown_preprocessor_is_a_wall() {
    Chain.ofShape(
            new long[] {3},
            dense(3, 4),
            sized(4, CNN2DFormat.NCHW),
            dense(4, 2),
            sized(2, CNN2DFormat.NCHW),
            wall())
        .before(2, new Squares())
        .removesAll();
    Chain.ofShape(new long[] {3}, sigmoid(3, 4), sized(4, CNN2DFormat.NCHW), dense(4, 2), wall())
        .before(2, new Squares())
        .keeps("layer1", Reason.SCALE_CONFLICT);
  }

  /** A preprocessor of a user. */
  static final class Squares extends BaseInputPreProcessor {
    private static final long serialVersionUID = 1;

    @Override
    public INDArray preProcess(INDArray input, int examples, LayerWorkspaceMgr workspaces) {
      return workspaces.leverageTo(
          org.deeplearning4j.nn.workspace.ArrayType.ACTIVATIONS, input.mul(input));
    }

    @Override
    public INDArray backprop(INDArray output, int examples, LayerWorkspaceMgr workspaces) {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputType getOutputType(InputType inputType) {
      return inputType;
    }
  }
}
