package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.layers.GateLayer;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.layers.util.IdentityLayer;

/**
 * The layers of Deeplearning4j 1.0.0-M2.1, the gate of this project, and what reads them. A
 * subclass is a layer of its own: it may compute something else, so it is a wall unless it is
 * listed.
 */
@SuppressWarnings("deprecation") // Old files have GravesLSTM.
final class LayerAdapters {
  private static final Map<Class<? extends Layer>, LayerAdapter> ADAPTERS = new HashMap<>();

  static {
    put(new DenseAdapter(), DenseLayer.class, OutputLayer.class, RnnOutputLayer.class);
    put(new TimeDistributedAdapter(), TimeDistributed.class);
    put(
        new ConvolutionAdapter(),
        Convolution1D.class,
        Convolution1DLayer.class,
        Convolution2D.class,
        ConvolutionLayer.class,
        Convolution3D.class,
        Deconvolution2D.class,
        Deconvolution3D.class,
        DepthwiseConvolution2D.class,
        SeparableConvolution2D.class);
    put(new LocallyConnectedAdapter(), LocallyConnected1D.class, LocallyConnected2D.class);
    put(new BatchNormAdapter(), BatchNormalization.class);
    put(
        new RecurrentAdapter(),
        LSTM.class,
        GravesLSTM.class,
        GravesBidirectionalLSTM.class,
        SimpleRnn.class,
        Bidirectional.class,
        LastTimeStep.class);
    put(new EmbeddingAdapter(), EmbeddingLayer.class, EmbeddingSequenceLayer.class);
    put(
        new ActivationAdapter(),
        ActivationLayer.class,
        PReLULayer.class,
        DropoutLayer.class,
        LossLayer.class,
        CnnLossLayer.class,
        Cnn3DLossLayer.class,
        RnnLossLayer.class,
        MaskLayer.class,
        IdentityLayer.class);
    put(
        new PoolingAdapter(),
        SubsamplingLayer.class,
        Subsampling1DLayer.class,
        Subsampling3DLayer.class,
        Pooling1D.class,
        Pooling2D.class,
        GlobalPoolingLayer.class);
    put(
        new PositionAdapter(),
        Upsampling1D.class,
        Upsampling2D.class,
        Upsampling3D.class,
        ZeroPaddingLayer.class,
        ZeroPadding1DLayer.class,
        ZeroPadding3DLayer.class,
        Cropping1D.class,
        Cropping2D.class,
        Cropping3D.class,
        SpaceToDepthLayer.class,
        SpaceToBatchLayer.class,
        RepeatVector.class);
    put(new ElementwiseScaleAdapter(), ElementWiseMultiplicationLayer.class);
    put(
        LayerAdapter.WALL,
        GateLayer.class, // Its α may change after the fold, and with it what passes.
        AutoEncoder.class,
        CapsuleLayer.class,
        CapsuleStrengthLayer.class,
        CenterLossOutputLayer.class,
        LearnedSelfAttentionLayer.class,
        LocalResponseNormalization.class,
        PrimaryCapsules.class,
        RecurrentAttentionLayer.class,
        SelfAttentionLayer.class,
        Yolo2OutputLayer.class,
        MaskZeroLayer.class,
        VariationalAutoencoder.class,
        OCNNOutputLayer.class);
  }

  private LayerAdapters() {}

  @SafeVarargs
  private static void put(LayerAdapter adapter, Class<? extends Layer>... layers) {
    for (Class<? extends Layer> layer : layers) {
      ADAPTERS.put(layer, adapter);
    }
  }

  /** What reads a layer. */
  static LayerAdapter of(Layer layer) {
    return ADAPTERS.getOrDefault(layer.getClass(), LayerAdapter.WALL);
  }

  /** Whether somebody has decided what a layer is. */
  static boolean isListed(Class<?> layer) {
    return ADAPTERS.containsKey(layer);
  }
}
