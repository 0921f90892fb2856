package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The numbers of a merge. */
public final class Merger {
  private Merger() {}

  /** The convolution that a piece becomes. */
  public static Convolution merged(Run piece) {
    return chain(piece.parts(), piece.sizeArray())
        .orElseThrow(
            () -> new IllegalArgumentException(piece.output() + " is not one convolution."));
  }

  /** What a piece whose activations are linear makes of one example, part by part. */
  public static INDArray apart(Run piece, INDArray example) {
    return apart(piece.parts(), example);
  }

  private static INDArray apart(List<Part> parts, INDArray example) {
    INDArray y = example;
    for (Part part : parts) {
      INDArray x = y;
      if (part instanceof Unit unit) {
        y = unit.numbers().get().apply(x);
      } else if (part instanceof Gate gate) {
        y = gate.endPoint().apply(x);
      } else if (part instanceof Block block) {
        y = block.branches().stream().map(b -> apart(b, x)).reduce(INDArray::add).orElseThrow();
      }
    }
    return y;
  }

  private static Optional<Convolution> chain(List<Part> parts, long... sizes) {
    Optional<Convolution> whole = Optional.empty();
    long[] at = sizes;
    for (Part part : parts) {
      Convolution next = linear(part, at);
      whole = Optional.of(whole.isEmpty() ? next : whole.get().then(next));
      at = next.form().outputSizes(at);
    }
    return whole;
  }

  private static Convolution linear(Part part, long... sizes) {
    if (part instanceof Unit unit) {
      return unit.numbers().get();
    } else if (part instanceof Gate gate) {
      return gate.endPoint();
    }
    Block block = (Block) part;
    List<Optional<Convolution>> branches =
        block.branches().stream().map(branch -> chain(branch, sizes)).toList();
    Convolution some = branches.stream().flatMap(Optional::stream).findFirst().orElseThrow();
    Convolution identity = Convolution.identity(some.inputs(), sizes.length);
    return Convolution.sum(branches.stream().map(b -> b.orElse(identity)).toList(), sizes)
        .orElseThrow();
  }
}
