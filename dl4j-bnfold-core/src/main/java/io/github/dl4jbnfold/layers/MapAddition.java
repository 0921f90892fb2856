package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.factory.Nd4j;

/** Computes a {@link MapLayer}. */
final class MapAddition extends ParameterHolder<MapLayer> {
  private static final long serialVersionUID = 1;

  MapAddition(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray x = input.castTo(dataType);
    INDArray map = getParam(MapLayer.MAP);
    long[] shape = x.shape().clone();
    shape[0] = 1;
    if (!Arrays.equals(shape, map.shape())) {
      // Added as it is, the map might be repeated along an axis of size 1.
      throw new IllegalArgumentException(
          "The layer '%s' adds a map of shape %s to each example and cannot take an input of shape %s."
              .formatted(
                  layerConf().getLayerName(),
                  Arrays.toString(layerConf().shape()),
                  Arrays.toString(x.shape())));
    }
    INDArray sum =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, x.shape(), x.ordering());
    Nd4j.exec(new AddOp(x, map, sum));
    return sum;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    return new Pair<>(gradient(0), workspaces.dup(ArrayType.ACTIVATION_GRAD, epsilon));
  }
}
