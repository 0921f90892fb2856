package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.Site.Value;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An operator of a random graph. Its text is what a failing test prints. Convolutions, pools and
 * batch normalizations are in {@link WindowLayer} and {@link NormLayer}.
 */
interface Layer {
  /**
   * Adds the operator.
   *
   * @return the result; null if the operator does not fit these inputs, and nothing was added
   */
  Value build(Site at, List<Value> inputs);

  /** How many values it reads. */
  default int arity() {
    return 1;
  }

  /** Smaller or more ordinary layers that may fail just as well. */
  default List<Layer> simpler() {
    return List.of();
  }

  /** Functions of one element. */
  enum Activation implements Layer {
    RELU,
    LEAKY,
    RELU6,
    SIGMOID,
    TANH,
    IDENTITY;

    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      SDVariable v = x.variable();
      SDVariable result =
          switch (this) {
            case RELU -> at.graph.nn().relu(at.name(), v, 0);
            case LEAKY -> at.graph.nn().leakyRelu(at.name(), v, 0.2);
            case RELU6 -> at.graph.nn().relu6(at.name(), v, 0);
            case SIGMOID -> at.graph.nn().sigmoid(at.name(), v);
            case TANH -> at.graph.nn().tanh(at.name(), v);
            case IDENTITY -> at.graph.identity(at.name(), v);
          };
      return new Value(result, x.channels(), x.height(), x.width());
    }
  }

  /** Functions of two values of one shape. */
  enum Join implements Layer {
    ADD,
    SUBTRACT,
    AVERAGE,
    MULTIPLY,
    CONCAT;

    @Override
    public int arity() {
      return 2;
    }

    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      Value y = inputs.get(1);
      boolean fits =
          this == CONCAT ? x.height() == y.height() && x.width() == y.width() : x.sameShape(y);
      // x − x is 0 up to rounding; and ND4J gives other results of concat(x, x) in each run.
      boolean distinct = this == SUBTRACT || this == MULTIPLY || this == CONCAT;
      if (!fits || (distinct && x.equals(y))) {
        return null;
      }
      SDVariable a = x.variable();
      SDVariable b = y.variable();
      SDVariable result =
          switch (this) {
            case ADD -> a.add(at.name(), b);
            case SUBTRACT -> a.sub(at.name(), b);
            case AVERAGE -> at.graph.math().mergeAvg(at.name(), a, b);
            case MULTIPLY -> a.mul(at.name(), b);
            case CONCAT -> at.graph.concat(at.name(), at.axis(x), a, b);
          };
      int channels = this == CONCAT ? x.channels() + y.channels() : x.channels();
      return new Value(result, channels, x.height(), x.width());
    }
  }

  /** Arithmetic with constants. */
  enum Constant implements Layer {
    MULTIPLY,
    DIVIDE,
    ADD,
    SUBTRACT,
    SUBTRACT_FROM,
    ADD_FIELD,
    MULTIPLY_SCALAR,
    ADD_SCALAR;

    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      SDVariable v = x.variable();
      if (this == ADD_FIELD && !x.isImage()) {
        return null;
      }
      SDVariable result =
          switch (this) {
            case MULTIPLY -> v.mul(at.name(), at.channelVector(x));
            case DIVIDE -> v.div(at.name(), at.channelVector(x));
            case ADD -> v.add(at.name(), at.channelVector(x));
            case SUBTRACT -> v.sub(at.name(), at.channelVector(x));
            case SUBTRACT_FROM -> at.channelVector(x).sub(at.name(), v);
            case ADD_FIELD -> v.add(at.name(), field(at, x));
            case MULTIPLY_SCALAR -> v.mul(at.name(), at.gaussians(1, 1)[0]);
            case ADD_SCALAR -> v.add(at.name(), at.gaussians(1, 1)[0]);
          };
      return new Value(result, x.channels(), x.height(), x.width());
    }

    private static SDVariable field(Site at, Value x) {
      long[] shape = at.image(x.channels(), x.height(), x.width());
      shape[0] = 1;
      return at.graph.constant(at.name("k"), at.gaussian(0.5, shape));
    }
  }

  /** One of several equal parts of the channels. */
  record Part(int parts, int index) implements Layer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      return x.channels() % parts != 0
          ? null
          : new Value(at.part(x, parts, index), x.channels() / parts, x.height(), x.width());
    }
  }

  /** Channel shuffle: reshape, permute, reshape. */
  record Shuffle(int groups) implements Layer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      int c = x.channels();
      int h = x.height();
      int w = x.width();
      if (!x.isImage() || c % groups != 0 || c == groups) {
        return null;
      }
      SDVariable split =
          at.channelsLast
              ? at.graph.reshape(x.variable(), -1, h, w, groups, c / groups)
              : at.graph.reshape(x.variable(), -1, groups, c / groups, h, w);
      SDVariable swapped =
          at.channelsLast
              ? at.graph.permute(split, 0, 1, 2, 4, 3)
              : at.graph.permute(split, 0, 2, 1, 3, 4);
      return new Value(at.graph.reshape(at.name(), swapped, at.image(c, h, w)), c, h, w);
    }
  }

  /** Explicit padding of positions. */
  record Pad(PadMode mode, int top, int bottom, int left, int right) implements Layer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      boolean reflects = mode != PadMode.CONSTANT;
      int largest = Math.max(Math.max(top, bottom), Math.max(left, right));
      if (!x.isImage() || (reflects && largest >= Math.min(x.height(), x.width()))) {
        return null;
      }
      int[][] widths =
          at.channelsLast
              ? new int[][] {{0, 0}, {top, bottom}, {left, right}, {0, 0}}
              : new int[][] {{0, 0}, {0, 0}, {top, bottom}, {left, right}};
      SDVariable pads = at.graph.constant(at.name("pads"), Nd4j.createFromArray(widths));
      return new Value(
          at.graph.nn().pad(at.name(), x.variable(), pads, mode, 0),
          x.channels(),
          x.height() + top + bottom,
          x.width() + left + right);
    }

    @Override
    public List<Layer> simpler() {
      return top + bottom + left + right > 1
          ? List.of(new Pad(mode, 1, 0, 0, 0), new Pad(mode, 1, 1, 1, 1))
          : List.of();
    }
  }

  /** Layers that change between images and [N, C], and resizing. */
  enum Shape implements Layer {
    MEAN,
    MAXIMUM,
    FLATTEN,
    UPSAMPLE,
    CROP;

    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      if (!x.isImage() || x.height() < 2 || x.width() < 2) {
        return null;
      }
      int[] positions = at.channelsLast ? new int[] {1, 2} : new int[] {2, 3};
      SDVariable v = x.variable();
      int elements = x.channels() * x.height() * x.width();
      return switch (this) {
        case MEAN -> new Value(at.graph.mean(at.name(), v, positions), x.channels(), 0, 0);
        case MAXIMUM -> new Value(at.graph.max(at.name(), v, positions), x.channels(), 0, 0);
        case FLATTEN -> new Value(at.graph.reshape(at.name(), v, -1, elements), elements, 0, 0);
        case UPSAMPLE ->
            x.height() > 9
                ? null
                : new Value(
                    at.graph.cnn().upsampling2d(at.name(), v, 2, 1, !at.channelsLast),
                    x.channels(),
                    2 * x.height(),
                    x.width());
        case CROP -> crop(at, x);
      };
    }

    private static Value crop(Site at, Value x) {
      long[] begin = at.image(0, 1, 0);
      begin[0] = 0;
      long[] end = at.image(x.channels(), x.height(), x.width() - 1);
      end[0] = 1;
      SDVariable v =
          at.graph.stridedSlice(
              at.name(), x.variable(), begin, end, new long[] {1, 1, 1, 1}, 0, 1, 0, 0, 0);
      return new Value(v, x.channels(), x.height() - 1, x.width() - 1);
    }
  }

  /** x·W + b on [N, C], or x·W alone. */
  record Dense(int out, boolean bias) implements Layer {
    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      if (x.isImage()) {
        return null;
      }
      SDVariable weight = at.weight("W", x.channels(), x.channels(), out);
      SDVariable result =
          bias
              ? at.graph
                  .nn()
                  .linear(
                      at.name(), x.variable(), weight, at.parameter("b", at.gaussians(0.5, out)))
              : at.graph.mmul(at.name(), x.variable(), weight);
      return new Value(result, out, 0, 0);
    }

    @Override
    public List<Layer> simpler() {
      return bias ? List.of(new Dense(out, false)) : List.of();
    }
  }

  /** The product of an image and one number per channel, as in squeeze and excitation. */
  record Gate() implements Layer {
    @Override
    public int arity() {
      return 2;
    }

    @Override
    public Value build(Site at, List<Value> inputs) {
      Value x = inputs.get(0);
      Value gate = inputs.get(1);
      if (!x.isImage() || gate.isImage() || x.channels() != gate.channels()) {
        return null;
      }
      SDVariable wide = at.graph.reshape(gate.variable(), at.image(x.channels(), 1, 1));
      return new Value(x.variable().mul(at.name(), wide), x.channels(), x.height(), x.width());
    }
  }
}
