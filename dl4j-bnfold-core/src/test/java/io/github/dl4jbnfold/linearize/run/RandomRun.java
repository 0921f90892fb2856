package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Random runs: convolutions, depthwise ones, activations, residual connections. */
final class RandomRun {
  private final Random random;
  private int count;

  RandomRun(long seed) {
    this.random = new Random(seed);
  }

  Run next(int length, int spatialAxes) {
    long[] sizes = random.longs(spatialAxes, 7, 12).toArray();
    int channels = 1 + random.nextInt(3);
    List<Part> parts = parts(length, channels, sizes, true);
    return new Run("in", parts, Arrays.stream(sizes).boxed().toList());
  }

  /** A run that does not start with an activation. */
  Run startingLinear(int length, int spatialAxes) {
    while (true) {
      Run run = next(length, spatialAxes);
      if (!(run.parts().get(0) instanceof Gate)) {
        return run;
      }
    }
  }

  INDArray input(Run run) {
    int channels = inputs(run.parts().get(0));
    long[] shape = new long[run.sizes().size() + 1];
    shape[0] = channels;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = run.sizes().get(i - 1);
    }
    return normal(shape);
  }

  private static int inputs(Part part) {
    if (part instanceof Unit unit) {
      return unit.form().inputs();
    } else if (part instanceof Gate gate) {
      return gate.endPoint().inputs();
    }
    return ((Block) part)
        .branches().stream()
            .filter(b -> !b.isEmpty())
            .map(b -> inputs(b.get(0)))
            .findFirst()
            .orElseThrow();
  }

  private List<Part> parts(int length, int channels, long[] sizes, boolean blocks) {
    List<Part> parts = new ArrayList<>();
    int c = channels;
    long[] at = sizes;
    for (int i = 0; i < length; i++) {
      int kind = random.nextInt(blocks ? 5 : 4);
      if (kind == 0) {
        parts.add(gate(c, at.length));
      } else if (kind == 4) {
        parts.add(block(c, at));
      } else {
        int outputs = kind == 1 ? c : 1 + random.nextInt(3);
        Unit unit = unit(c, outputs, kind == 1 ? c : 1, axes(at, true));
        parts.add(unit);
        at = unit.form().outputSizes(at);
        c = outputs;
      }
    }
    return parts;
  }

  private Block block(int channels, long... sizes) {
    List<Part> branch = new ArrayList<>();
    int inner = 1 + random.nextInt(3);
    branch.add(unit(channels, inner, 1, axes(sizes, false)));
    branch.add(gate(inner, sizes.length));
    branch.add(unit(inner, channels, 1, axes(sizes, false)));
    List<Part> other =
        random.nextBoolean() ? List.of() : List.of(unit(channels, channels, 1, axes(sizes, false)));
    return new Block("add" + count++, List.of(branch, other));
  }

  private Gate gate(int channels, int axes) {
    double[] scale = random.doubles(channels, 0.5, 1.5).toArray();
    double[] shift = random.doubles(channels, -1, 1).toArray();
    return random.nextBoolean()
        ? new Gate("gate" + count++, Convolution.identity(channels, axes))
        : new Gate("gate" + count++, Convolution.diagonal(scale, shift, axes));
  }

  private Unit unit(int inputs, int outputs, int groups, List<Axis> axes) {
    long[] shape = new long[2 + axes.size()];
    shape[0] = outputs;
    shape[1] = inputs / groups;
    for (int i = 0; i < axes.size(); i++) {
      shape[2 + i] = axes.get(i).kernel();
    }
    double[] bias =
        random.nextInt(3) == 0 ? new double[outputs] : random.doubles(outputs, -1, 1).toArray();
    return Unit.of("unit" + count++, new Convolution(normal(shape), bias, groups, axes));
  }

  private INDArray normal(long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return length == 0
        ? Nd4j.zeros(DataType.DOUBLE, shape)
        : Nd4j.createFromArray(random.doubles(length, -1, 1).toArray()).reshape(shape);
  }

  /** Axes that keep the size, or change it. */
  private List<Axis> axes(long[] sizes, boolean change) {
    if (random.nextInt(3) == 0) {
      return Collections.nCopies(sizes.length, Axis.POINT);
    }
    List<Axis> axes = new ArrayList<>();
    for (long size : sizes) {
      int dilation = 1 + random.nextInt(2);
      Axis same = new Axis(3, 1, dilation, dilation, dilation);
      Axis other =
          new Axis(
              1 + random.nextInt(3),
              1 + random.nextInt(2),
              1,
              random.nextInt(2),
              random.nextInt(2));
      axes.add(change && random.nextBoolean() && other.outputs(size) >= 3 ? other : same);
    }
    return axes;
  }
}
