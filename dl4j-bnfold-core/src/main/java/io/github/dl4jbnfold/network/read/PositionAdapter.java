package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.ChannelMap.Direction;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import io.github.dl4jbnfold.network.read.Binding.PaddingBinding;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;

/** Layers that move, repeat, drop or pad positions: padding, cropping, upsampling, blocks. */
final class PositionAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    Layer layer = site.layer();
    if (layer instanceof SpaceToDepthLayer depth) {
      spaceToDepth(site, Axes.of(depth.getDataFormat()));
      return;
    }
    int axis = axis(layer);
    int from = layer instanceof RepeatVector ? 1 : axis;
    Tensor x = site.read(from);
    Tensor y = site.write(axis);
    String kind = layer.getClass().getSimpleName();
    if (pads(layer)) {
      boolean other = !site.reading().portable() && canPadOther(site);
      site.reading()
          .add(
              new ZeroPadding(site.name(), kind, x, y, other),
              new PaddingBinding(site.step(), axis, null));
    } else {
      site.reading().add(new Carrier(site.name(), kind, x, y, true));
    }
  }

  /** What is padded to a sequence with a mask is a matter of the mask. */
  private static boolean canPadOther(Site site) {
    return site.layer() instanceof ZeroPaddingLayer
        || site.layer() instanceof ZeroPadding3DLayer
        || (site.layer() instanceof ZeroPadding1DLayer && !site.reading().maskable());
  }

  /** Layers without a format read the channels from axis 1. */
  private static int axis(Layer layer) {
    if (layer instanceof ZeroPaddingLayer padding) {
      return Axes.of(padding.getDataFormat());
    } else if (layer instanceof Cropping2D cropping) {
      return Axes.of(cropping.getDataFormat());
    } else if (layer instanceof Upsampling3D upsampling) {
      return Axes.of(upsampling.getDataFormat());
    } else if (layer instanceof Upsampling2D upsampling) {
      return Axes.of(upsampling.getFormat());
    } else if (layer instanceof SpaceToBatchLayer batch) {
      return Axes.of(batch.getFormat());
    } else if (layer instanceof RepeatVector repeat) {
      return Axes.of(repeat.getDataFormat());
    }
    return 1;
  }

  private static boolean pads(Layer layer) {
    return layer instanceof ZeroPaddingLayer
        || layer instanceof ZeroPadding1DLayer
        || layer instanceof ZeroPadding3DLayer
        || (layer instanceof SpaceToBatchLayer batch
            && Arrays.stream(batch.getPadding()).flatMapToInt(Arrays::stream).anyMatch(p -> p > 0));
  }

  /** The channels of all positions of a block, position by position. */
  private static void spaceToDepth(Site site, int axis) {
    Tensor x = site.read(axis);
    Tensor y = site.write(axis);
    int[] source = new int[y.channels()];
    Arrays.setAll(source, i -> i % x.channels());
    site.reading()
        .add(
            new ChannelMap(site.name(), "space to depth", x, y, Direction.OUTPUT_TO_INPUT, source));
  }
}
