package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A fold holds for sequences with masks, too. */
class SequenceMasksTest {
  private static final int LENGTH = 6;
  private static final InputType NCW = InputType.recurrent(3, LENGTH);
  private static final InputType NWC = InputType.recurrent(3, LENGTH, RNNFormat.NWC);

  private static NeuralNetConfiguration.ListBuilder list(DataType type, Layer... layers) {
    return new NeuralNetConfiguration.Builder()
        .dataType(type)
        .activation(Activation.IDENTITY)
        .list(layers);
  }

  private static MultiLayerNetwork network(NeuralNetConfiguration.ListBuilder list) {
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return RandomParameters.in(network, 3, 0);
  }

  private static NetworkFold fold(NeuralNetConfiguration.ListBuilder list) {
    return NetworkFold.of(network(list), FoldingOptions.defaults());
  }

  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  private static ActivationLayer wall() {
    return new ActivationLayer(Activation.SIGMOID);
  }

  private static BatchNormalization norm() {
    return new BatchNormalization();
  }

  private static BatchNormalization lastAxisNorm() {
    return new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build();
  }

  /** Compares runs with masks that end early, begin late, or have holes. */
  private static void equalBehindMasks(NetworkFold fold, INDArray input) {
    MultiLayerNetwork before = (MultiLayerNetwork) fold.before();
    MultiLayerNetwork after = (MultiLayerNetwork) fold.after();
    DataType type = before.params().dataType();
    INDArray mask =
        Nd4j.createFromArray(
                new double[][] {
                  {1, 1, 1, 1, 1, 1}, {1, 1, 1, 0, 0, 0}, {0, 0, 1, 1, 1, 1}, {1, 0, 1, 0, 1, 1}
                })
            .castTo(type);
    INDArray expected = before.output(input.dup().castTo(type), false, mask, null).dup();
    INDArray plain = before.output(input.dup().castTo(type), false, null, null).dup();
    INDArray actual = after.output(input.dup().castTo(type), false, mask, null);
    assertThat(actual.sub(expected).amaxNumber().doubleValue())
        .isLessThanOrEqualTo(type == DataType.DOUBLE ? 1e-9 : 1e-5);
    assertThat(expected.equalsWithEps(plain, 1e-6)).as("the mask does nothing").isFalse();
  }

  private static INDArray sequences(InputType type) {
    long[] shape = type.getShape(true);
    shape[0] = 4;
    return Nd4j.randn(DataType.DOUBLE, shape);
  }

  @Test
  void behind_the_zeros_of_a_masked_dense_layer_only_the_scale_of_a_norm_goes_back() {
    NetworkFold fold =
        fold(
            list(DataType.DOUBLE, dense(4), norm(), dense(3), wall())
                .inputPreProcessor(0, new RnnToFeedForwardPreProcessor())
                .inputPreProcessor(3, new FeedForwardToRnnPreProcessor())
                .setInputType(NCW));

    fold.removesAll();
    equalBehindMasks(fold, sequences(NCW));
  }

  @Test
  void between_the_zeros_of_a_masked_dense_layer_and_a_wall_a_norm_stays() {
    NetworkFold fold =
        fold(
            list(DataType.DOUBLE, dense(4), norm(), wall())
                .inputPreProcessor(0, new RnnToFeedForwardPreProcessor())
                .inputPreProcessor(2, new FeedForwardToRnnPreProcessor())
                .setInputType(NCW));

    fold.keeps("layer1", Reason.SHIFT_CONFLICT);
    equalBehindMasks(fold, sequences(NCW));
  }

  @Test
  void a_masked_dense_layer_around_an_activation() {
    DenseLayer relu = new DenseLayer.Builder().nOut(4).activation(Activation.RELU).build();
    NetworkFold fold =
        fold(
            list(DataType.DOUBLE, relu, norm(), dense(3), norm(), dense(2), wall())
                .inputPreProcessor(0, new RnnToFeedForwardPreProcessor())
                .setInputType(NCW));

    fold.removesAll();
  }

  @Test
  void time_distributed_layers_are_masked() {
    NetworkFold fold =
        fold(
            list(
                    DataType.DOUBLE,
                    new TimeDistributed(dense(4)),
                    lastAxisNorm(),
                    new TimeDistributed(dense(3)),
                    wall())
                .setInputType(NWC));

    fold.removesAll();
    equalBehindMasks(fold, sequences(NWC));
  }

  @Test
  void an_embedding_is_masked() {
    EmbeddingSequenceLayer table =
        new EmbeddingSequenceLayer.Builder()
            .nIn(7)
            .nOut(4)
            .outputDataFormat(RNNFormat.NWC)
            .inferInputLength(true)
            .build();
    BatchNormalization norm =
        new BatchNormalization.Builder().nIn(4).nOut(4).dataFormat(CNN2DFormat.NHWC).build();
    TimeDistributed each =
        new TimeDistributed(new DenseLayer.Builder().nIn(4).nOut(2).build(), RNNFormat.NWC);
    INDArray words =
        Nd4j.createFromArray(
            new double[][] {
              {0, 1, 2, 3, 4, 5}, {6, 5, 4, 3, 2, 1}, {1, 1, 2, 2, 3, 3}, {5, 0, 5, 0, 6, 6}
            });

    NetworkFold forward =
        fold(list(DataType.DOUBLE, table, norm, each, wall()).overrideNinUponBuild(false));
    forward.removesAll();
    equalBehindMasks(forward, words);
    NetworkFold stays =
        fold(list(DataType.DOUBLE, table, norm, wall()).overrideNinUponBuild(false));
    stays.keeps("layer1", Reason.SHIFT_CONFLICT);
    equalBehindMasks(stays, words);
  }

  @ParameterizedTest
  @EnumSource
  void a_global_pool_leaves_out_what_is_masked(PoolingType type) {
    // A convolution is not masked, so what the pool leaves out may be anything.
    Convolution1DLayer conv =
        new Convolution1DLayer.Builder(3).nOut(4).convolutionMode(ConvolutionMode.Same).build();
    GlobalPoolingLayer pool = new GlobalPoolingLayer.Builder(type).pnorm(2).build();
    NetworkFold fold =
        fold(list(DataType.DOUBLE, conv, pool, norm(), dense(3), wall()).setInputType(NCW));

    fold.removesAll();
    equalBehindMasks(fold, sequences(NCW));
    NetworkFold backward =
        fold(list(DataType.DOUBLE, conv, pool, norm(), wall()).setInputType(NCW));
    boolean averages = type == PoolingType.AVG || type == PoolingType.MAX;
    assertThat(backward.report().removed()).hasSize(averages ? 1 : 0);
    equalBehindMasks(backward, sequences(NCW));
  }

  @Test
  void cells_behind_a_norm_keep_their_function_behind_a_mask() {
    Layer[] cells = {
      new LSTM.Builder().nOut(4).build(),
      new LastTimeStep(new LSTM.Builder().nOut(4).build()),
      new Bidirectional(Bidirectional.Mode.CONCAT, new LSTM.Builder().nOut(4).build()),
    };
    for (Layer cell : cells) {
      GlobalPoolingLayer pool = new GlobalPoolingLayer(PoolingType.AVG);
      boolean last = cell instanceof LastTimeStep;
      Layer[] layers =
          last
              ? new Layer[] {dense(3), norm(), cell, wall()}
              : new Layer[] {dense(3), norm(), cell, pool, wall()};
      NetworkFold fold =
          fold(
              list(DataType.DOUBLE, layers)
                  .inputPreProcessor(0, new RnnToFeedForwardPreProcessor())
                  .inputPreProcessor(2, new FeedForwardToRnnPreProcessor())
                  .setInputType(NCW));
      fold.removesAll();
      equalBehindMasks(fold, sequences(NCW));
    }
  }

  @Test
  void a_layer_that_does_nothing_but_mask_stops_the_shift() {
    Convolution1DLayer conv =
        new Convolution1DLayer.Builder(3).nOut(4).convolutionMode(ConvolutionMode.Same).build();
    NetworkFold fold =
        fold(
            list(DataType.DOUBLE, conv, new MaskLayer(), norm(), wall())
                .inputPreProcessor(2, new RnnToFeedForwardPreProcessor())
                .inputPreProcessor(3, new FeedForwardToRnnPreProcessor())
                .setInputType(NCW));

    fold.keeps("layer2", Reason.SHIFT_CONFLICT);
    equalBehindMasks(fold, sequences(NCW));
  }

  @Test
  void masks_may_pass_a_convolution_that_shortens_sequences_in_float32() {
    Convolution1DLayer conv = new Convolution1DLayer.Builder(3).nOut(4).build();
    NetworkFold fold =
        fold(
            list(DataType.FLOAT, conv, new GlobalPoolingLayer(PoolingType.AVG), norm(), wall())
                .setInputType(NCW));

    fold.removesAll();
    equalBehindMasks(fold, sequences(NCW));
  }

  @Test
  void a_run_with_a_mask_leaves_no_mask_in_the_original() {
    MultiLayerNetwork network =
        network(
            list(DataType.DOUBLE, dense(4), norm(), dense(3), wall())
                .inputPreProcessor(0, new RnnToFeedForwardPreProcessor())
                .setInputType(NCW));
    INDArray input = sequences(NCW);
    INDArray before = network.output(input.dup()).dup();

    NetworkFold.of(network, FoldingOptions.defaults().inputShape("input", 4, 3, LENGTH));

    assertThat(network.output(input)).isEqualTo(before);
    for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
      assertThat(layer.getMaskArray()).isNull();
    }
  }
}
