package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.MaxPool;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import io.github.dl4jbnfold.network.read.Binding.PaddingBinding;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.jspecify.annotations.Nullable;

/** Pools over windows and over all positions: maximum, average, sum, p-norm. */
final class PoolingAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    Layer layer = site.layer();
    if (layer instanceof GlobalPoolingLayer pool) {
      global(site, pool);
    } else if (layer instanceof Subsampling3DLayer pool) {
      // What is not a maximum is an average there, and counts no padding.
      boolean max = pool.getPoolingType() == PoolingType.MAX;
      int axis = Axes.of(pool.getDataFormat());
      add(site, axis, axis, max ? PoolingType.MAX : PoolingType.AVG, false);
    } else if (layer instanceof SubsamplingLayer pool) {
      boolean sequence = layer instanceof Subsampling1DLayer;
      int axis = sequence ? Math.min(2, axis(pool)) : axis(pool);
      boolean zeros = pool.isAvgPoolIncludePadInDivisor() && isPadded(pool);
      add(site, axis, axis, pool.getPoolingType(), zeros);
    }
  }

  private static int axis(SubsamplingLayer pool) {
    return Axes.of(pool.getCnn2dDataFormat());
  }

  private static boolean isPadded(SubsamplingLayer pool) {
    return pool.getConvolutionMode() == ConvolutionMode.Same
        || Arrays.stream(pool.getPadding()).anyMatch(p -> p > 0);
  }

  private static void global(Site site, GlobalPoolingLayer pool) {
    int axis = remaining(site.in().length, pool.getPoolingDimensions());
    if (axis < 0 || (axis != 1 && !pool.isCollapseDimensions())) {
      site.wall();
    } else {
      boolean sums = pool.getPoolingType() == PoolingType.SUM;
      add(site, axis, 1, pool.getPoolingType(), sums);
    }
  }

  /** The one axis besides the first that is not pooled; −1 if there are several. */
  private static int remaining(int rank, int @Nullable [] pooled) {
    if (pooled == null) {
      return 1;
    }
    int[] axes =
        IntStream.range(1, rank)
            .filter(axis -> Arrays.stream(pooled).noneMatch(p -> p == axis))
            .toArray();
    return axes.length == 1 ? axes[0] : -1;
  }

  private static void add(Site site, int from, int to, PoolingType type, boolean zeros) {
    Tensor x = site.read(from);
    Tensor y = site.write(to);
    if (type == PoolingType.AVG && zeros) {
      boolean map = site.reading().maps() && site.mayHaveMapBehind();
      site.reading()
          .add(
              new ZeroPadding(site.name(), "average pool that counts padding", x, y, map),
              new PaddingBinding(site.step(), to, site.positions(from)));
    } else {
      site.reading().add(operator(site.name(), type, x, y));
    }
  }

  private static Operator operator(String name, PoolingType type, Tensor x, Tensor y) {
    return switch (type) {
      case MAX -> new MaxPool(name, "max pool", x, y);
      case PNORM -> new Rectifier(name, "p-norm pool", x, y, null);
      case SUM -> new ZeroPadding(name, "sum pool", x, y);
      case AVG -> new Carrier(name, "average pool", x, y, true);
    };
  }
}
