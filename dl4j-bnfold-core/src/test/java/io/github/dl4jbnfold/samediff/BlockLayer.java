package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.NormLayer.Gammas;
import io.github.dl4jbnfold.samediff.Site.Value;
import io.github.dl4jbnfold.samediff.WindowLayer.Border;
import io.github.dl4jbnfold.samediff.WindowLayer.Conv;
import io.github.dl4jbnfold.samediff.WindowLayer.Window;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;

/** Patterns that chance alone would seldom draw, because several operators must meet. */
enum BlockLayer implements Layer {
  /** A 3×3 and a 1×1 convolution and the input, each normalized, summed. */
  THREE_BRANCHES,
  /** Two normalizations of one convolution, each before a padded convolution. */
  TWO_READERS,
  /** One number per channel that bounds from below. */
  MAXIMUM,
  /** One number per channel that bounds from above. */
  MINIMUM;

  private static final Window THREE = new Window(3, 3, 1, 1, 1, 1, new Border(true, 0, 0));

  @Override
  public Value build(Site at, List<Value> inputs) {
    Value x = inputs.get(0);
    return switch (this) {
      case THREE_BRANCHES -> x.isImage() ? threeBranches(at, x) : null;
      case TWO_READERS -> x.isImage() ? twoReaders(at, x) : null;
      case MAXIMUM -> like(x, at.graph.math().max(at.name(), x.variable(), at.channelVector(x)));
      case MINIMUM -> like(x, at.graph.math().min(at.name(), x.variable(), at.channelVector(x)));
    };
  }

  private static Value threeBranches(Site at, Value x) {
    SDVariable wide = norm(at, conv(at, x, x.channels(), THREE, "wide"), "a").variable();
    SDVariable narrow = norm(at, conv(at, x, x.channels(), Window.ONE, "narrow"), "b").variable();
    SDVariable identity = norm(at, x, "c").variable();
    return like(x, wide.add(narrow).add(at.name(), identity));
  }

  private static Value twoReaders(Site at, Value x) {
    Value read = conv(at, x, 3, THREE, "read");
    SDVariable first = conv(at, norm(at, read, "a"), 2, THREE, "first").variable();
    SDVariable second = conv(at, norm(at, read, "b"), 2, THREE, "second").variable();
    return new Value(first.add(at.name(), second), 2, x.height(), x.width());
  }

  private static Value conv(Site at, Value x, int out, Window window, String part) {
    return at.inside(
        part, () -> new Conv(out, window, false, WeightsFormat.YXIO, -1).build(at, List.of(x)));
  }

  private static Value norm(Site at, Value x, String part) {
    return at.inside(part, () -> new NormLayer(Gammas.MIXED, 1e-3).build(at, List.of(x)));
  }

  private static Value like(Value x, SDVariable variable) {
    return new Value(variable, x.channels(), x.height(), x.width());
  }
}
