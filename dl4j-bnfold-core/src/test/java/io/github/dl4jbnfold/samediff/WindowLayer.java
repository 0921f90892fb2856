package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.Site.Value;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D.Divisor;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/** Layers of a random graph that look at a window of positions. */
interface WindowLayer extends Layer {
  /** Kernel, stride and dilation on each axis, and what lies beyond the border. */
  record Window(int kH, int kW, int sH, int sW, int dH, int dW, Border border) {
    static final Window ONE = new Window(1, 1, 1, 1, 1, 1, Border.VALID);

    int height(int height) {
      return size(height, kH, sH, dH, border.pH);
    }

    int width(int width) {
      return size(width, kW, sW, dW, border.pW);
    }

    private int size(int size, int kernel, int stride, int dilation, int padding) {
      int free = size + 2 * padding - (kernel - 1) * dilation - 1;
      return border.same ? (size + stride - 1) / stride : free < 0 ? 0 : free / stride + 1;
    }

    boolean fits(Value x) {
      return x.isImage() && height(x.height()) > 0 && width(x.width()) > 0;
    }

    List<Window> simpler() {
      List<Window> all = new ArrayList<>();
      if (!equals(ONE)) {
        all.add(ONE);
      }
      if (dH * dW > 1) {
        all.add(new Window(kH, kW, sH, sW, 1, 1, border));
      }
      if (sH * sW > 1) {
        all.add(new Window(kH, kW, 1, 1, dH, dW, border));
      }
      if (border.same || border.pH + border.pW > 0) {
        all.add(new Window(kH, kW, sH, sW, dH, dW, Border.VALID));
      }
      if (kH != kW) {
        all.add(new Window(kH, kH, sH, sW, dH, dW, border));
      }
      return all;
    }

    @Override
    public String toString() {
      return "kernel=%dx%d".formatted(kH, kW)
          + (sH * sW > 1 ? " stride=%dx%d".formatted(sH, sW) : "")
          + (dH * dW > 1 ? " dilation=%dx%d".formatted(dH, dW) : "")
          + (border.same
              ? " same"
              : border.pH + border.pW > 0
                  ? " padding=%dx%d".formatted(border.pH, border.pW)
                  : " valid");
    }
  }

  /** SAME, or so many zeros on each side. */
  record Border(boolean same, int pH, int pW) {
    static final Border VALID = new Border(false, 0, 0);

    PaddingMode mode() {
      return same ? PaddingMode.SAME : PaddingMode.VALID;
    }
  }

  private static Conv2DConfig config(Site at, Window w, WeightsFormat format) {
    return Conv2DConfig.builder()
        .kH(w.kH)
        .kW(w.kW)
        .sH(w.sH)
        .sW(w.sW)
        .dH(w.dH)
        .dW(w.dW)
        .pH(w.border.pH)
        .pW(w.border.pW)
        .paddingMode(w.border.mode())
        .dataFormat(at.channelsLast ? Conv2DConfig.NHWC : Conv2DConfig.NCHW)
        .weightsFormat(format)
        .build();
  }

  /**
   * Convolution.
   *
   * @param weightsOf the step whose weights it shares, if they have the right shape; else −1
   */
  record Conv(int out, Window window, boolean bias, WeightsFormat format, int weightsOf)
      implements WindowLayer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      if (!window.fits(x)) {
        return null;
      }
      int in = x.channels();
      long[] shape =
          switch (format) {
            case YXIO -> new long[] {window.kH, window.kW, in, out};
            case OIYX -> new long[] {out, in, window.kH, window.kW};
            case OYXI -> new long[] {out, window.kH, window.kW, in};
          };
      SDVariable shared = at.weightOf(weightsOf, shape);
      SDVariable weight =
          shared == null ? at.weight("W", in * window.kH * window.kW, shape) : shared;
      Conv2DConfig config = config(at, window, format);
      SDVariable result =
          bias
              ? at.graph
                  .cnn()
                  .conv2d(
                      at.name(),
                      x.variable(),
                      weight,
                      at.parameter("b", at.gaussians(0.5, out)),
                      config)
              : at.graph.cnn().conv2d(at.name(), x.variable(), weight, config);
      return new Value(result, out, window.height(x.height()), window.width(x.width()));
    }

    @Override
    public List<Layer> simpler() {
      List<Layer> all = new ArrayList<>();
      window.simpler().forEach(w -> all.add(new Conv(out, w, bias, format, weightsOf)));
      if (bias) {
        all.add(new Conv(out, window, false, format, weightsOf));
      }
      if (weightsOf >= 0) {
        all.add(new Conv(out, window, bias, format, -1));
      }
      if (format != WeightsFormat.YXIO) {
        all.add(new Conv(out, window, bias, WeightsFormat.YXIO, weightsOf));
      }
      if (out > 1) {
        all.add(new Conv(out - 1, window, bias, format, weightsOf));
      }
      return all;
    }
  }

  /** Depthwise convolution. */
  record Depthwise(int multiplier, Window window, boolean bias) implements WindowLayer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      if (!window.fits(x)) {
        return null;
      }
      int in = x.channels();
      long[] shape = {window.kH, window.kW, in, multiplier};
      SDVariable weight = at.weight("D", window.kH * window.kW, shape);
      Conv2DConfig config = config(at, window, WeightsFormat.YXIO);
      int out = in * multiplier;
      SDVariable result =
          bias
              ? at.graph
                  .cnn()
                  .depthWiseConv2d(
                      at.name(),
                      x.variable(),
                      weight,
                      at.parameter("b", at.gaussians(0.5, out)),
                      config)
              : at.graph.cnn().depthWiseConv2d(at.name(), x.variable(), weight, config);
      return new Value(result, out, window.height(x.height()), window.width(x.width()));
    }

    @Override
    public List<Layer> simpler() {
      List<Layer> all = new ArrayList<>();
      window.simpler().forEach(w -> all.add(new Depthwise(multiplier, w, bias)));
      if (bias) {
        all.add(new Depthwise(multiplier, window, false));
      }
      if (multiplier > 1) {
        all.add(new Depthwise(1, window, bias));
      }
      return all;
    }
  }

  /** Transposed convolution. */
  record Deconv(int out, int k, int stride, boolean bias) implements WindowLayer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      if (!x.isImage() || x.height() > 9 || x.width() > 9) {
        return null;
      }
      SDVariable weight = at.weight("T", x.channels() * k, k, k, out, x.channels());
      DeConv2DConfig config =
          DeConv2DConfig.builder()
              .kH(k)
              .kW(k)
              .sH(stride)
              .sW(stride)
              .dataFormat(at.channelsLast ? Conv2DConfig.NHWC : Conv2DConfig.NCHW)
              .build();
      SDVariable b = bias ? at.parameter("b", at.gaussians(0.5, out)) : null;
      return new Value(
          at.graph.cnn().deconv2d(at.name(), x.variable(), weight, b, config),
          out,
          (x.height() - 1) * stride + k,
          (x.width() - 1) * stride + k);
    }

    @Override
    public List<Layer> simpler() {
      List<Layer> all = new ArrayList<>();
      if (bias) {
        all.add(new Deconv(out, k, stride, false));
      }
      if (stride > 1) {
        all.add(new Deconv(out, k, 1, bias));
      }
      return all;
    }
  }

  /** Maximum pooling, or average pooling that counts the border or does not. */
  record Pool(boolean maximum, Window window, boolean counts) implements WindowLayer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      if (!window.fits(x)) {
        return null;
      }
      Pooling2DConfig config =
          Pooling2DConfig.builder()
              .kH(window.kH)
              .kW(window.kW)
              .sH(window.sH)
              .sW(window.sW)
              .pH(window.border.pH)
              .pW(window.border.pW)
              .paddingMode(window.border.mode())
              .divisor(counts ? Divisor.INCLUDE_PADDING : Divisor.EXCLUDE_PADDING)
              .isNHWC(at.channelsLast)
              .build();
      SDVariable result =
          maximum
              ? at.graph.cnn().maxPooling2d(at.name(), x.variable(), config)
              : at.graph.cnn().avgPooling2d(at.name(), x.variable(), config);
      return new Value(result, x.channels(), window.height(x.height()), window.width(x.width()));
    }

    @Override
    public List<Layer> simpler() {
      List<Layer> all = new ArrayList<>();
      window.simpler().forEach(w -> all.add(new Pool(maximum, w, counts)));
      if (counts) {
        all.add(new Pool(maximum, window, false));
      }
      return all;
    }
  }
}
