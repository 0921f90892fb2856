package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.Ability;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.network.read.Binding.Kernel;
import io.github.dl4jbnfold.network.read.Binding.LinearBinding;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions of one, two and three dimensions: plain, depthwise, separable, transposed. Those of
 * sequences know masks, but Deeplearning4j never hands them one.
 */
final class ConvolutionAdapter implements LayerAdapter {
  private static final String WEIGHT = "W";
  private static final String POINT_WEIGHT = "pW";
  private static final String BIAS = "b";

  /** [nOut, nIn, kH, kW]. */
  private static final KernelLayout PLAIN = KernelLayout.of(4, 0, 1);

  @Override
  public void read(Site site) {
    ConvolutionLayer layer = (ConvolutionLayer) site.layer();
    if (layer instanceof SeparableConvolution2D && layer.getNIn() == 1) {
      site.wall(); // ND4J forgets the pointwise weights of such a one.
      return;
    }
    int axis = axis(layer);
    Geometry geometry = Geometry.of(layer);
    boolean transposed = isTransposed(layer);
    List<Integer> tap =
        transposed || layer instanceof SeparableConvolution2D ? null : geometry.tap();
    Linear linear =
        new Linear(
            site.name(),
            transposed ? "transposed convolution" : "convolution",
            site.read(axis),
            site.write(axis, layer.getActivationFn(), false),
            border(geometry, transposed),
            site.biasSlot(BIAS),
            abilities(site, layer, geometry, tap),
            tap == null
                ? null
                : layer.getClass().getSimpleName() + geometry.strides() + ", axis " + axis);
    site.reading()
        .add(
            linear,
            new LinearBinding(site.step(), kernels(site, layer), BIAS, tap, site.positions(axis)));
    site.finish(axis, layer.getActivationFn(), false);
  }

  private static int axis(ConvolutionLayer layer) {
    if (layer instanceof Convolution1DLayer sequence) {
      return Axes.of(sequence.getRnnDataFormat());
    } else if (layer instanceof Convolution3D volume) {
      return Axes.of(volume.getDataFormat());
    } else if (layer instanceof Deconvolution3D volume) {
      return Axes.of(volume.getDataFormat());
    }
    return Axes.of(layer.getCnn2dDataFormat());
  }

  private static boolean isTransposed(ConvolutionLayer layer) {
    return layer instanceof Deconvolution2D || layer instanceof Deconvolution3D;
  }

  private static Border border(Geometry geometry, boolean transposed) {
    if (transposed) {
      // With one contribution to every output it is a plain convolution.
      return geometry.isPoint() && geometry.isDense() ? Border.NONE : Border.TRANSPOSED;
    }
    return geometry.readsZeros() ? Border.ZERO_PADDED : Border.NONE;
  }

  private static Set<Ability> abilities(
      Site site, ConvolutionLayer layer, Geometry geometry, @Nullable List<Integer> tap) {
    Set<Ability> abilities = EnumSet.noneOf(Ability.class);
    if (tap != null && geometry.isDense() && Arrays.equals(site.in(), site.out())) {
      abilities.add(Ability.IDENTITY_TAP);
    }
    if (tap != null && geometry.isPoint()) {
      abilities.add(Ability.POINT_KERNEL);
    }
    boolean masked = layer instanceof Convolution1DLayer && site.reading().maskable();
    if (site.reading().maps() && site.mayHaveMapBehind() && !masked) {
      abilities.add(Ability.BIAS_MAP);
    }
    boolean grouped =
        layer instanceof DepthwiseConvolution2D || layer instanceof SeparableConvolution2D;
    if (!grouped) {
      abilities.add(Ability.DENSE_KERNEL);
    }
    return abilities;
  }

  private static List<Kernel> kernels(Site site, ConvolutionLayer layer) {
    if (layer instanceof Convolution1DLayer) {
      // The parameter says [nOut, nIn, k, 1], and the layer reads its memory as [k, nIn, nOut].
      long[] stated = site.parameter(WEIGHT).shape();
      List<Long> read = List.of(stated[2], stated[1], stated[0]);
      return List.of(new Kernel(WEIGHT, read, KernelLayout.of(3, 2, 1)));
    } else if (layer instanceof DepthwiseConvolution2D) {
      KernelLayout depthwise = new KernelLayout(4, List.of(2, 3), List.of(2)); // [kH, kW, nIn, M]
      return List.of(Kernel.of(WEIGHT, depthwise));
    } else if (layer instanceof SeparableConvolution2D) {
      KernelLayout depthwise = new KernelLayout(4, List.of(1, 0), List.of(1)); // [M, nIn, kH, kW]
      return List.of(Kernel.of(WEIGHT, depthwise), Kernel.of(POINT_WEIGHT, PLAIN));
    } else if (layer instanceof Deconvolution3D) {
      return List.of(Kernel.of(WEIGHT, KernelLayout.of(5, 3, 4))); // [kD, kH, kW, nOut, nIn]
    } else if (layer instanceof Deconvolution2D) {
      return List.of(Kernel.of(WEIGHT, KernelLayout.of(4, 1, 0))); // [nIn, nOut, kH, kW]
    } else if (layer instanceof Convolution3D) {
      return List.of(Kernel.of(WEIGHT, KernelLayout.of(5, 0, 1))); // [nOut, nIn, kD, kH, kW]
    }
    return List.of(Kernel.of(WEIGHT, PLAIN));
  }
}
