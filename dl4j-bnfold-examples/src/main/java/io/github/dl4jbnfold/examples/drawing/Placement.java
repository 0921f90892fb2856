package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Item;
import io.github.dl4jbnfold.examples.drawing.Drawing.Region;
import io.github.dl4jbnfold.examples.drawing.Level.Box;
import io.github.dl4jbnfold.examples.drawing.Level.Link;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the boxes of a level are when some regions are open: what is below an open region moves
 * down, what is beside it moves aside. The page's script does the same.
 */
final class Placement {
  static final double GAP = 24;
  static final double HEAD = 14;
  static final double MARGIN = 14;
  private static final double NEAR = 0.05;

  private final Set<Integer> open;

  Placement(Set<Integer> open) {
    this.open = open;
  }

  /**
   * A box as it is drawn.
   *
   * @param x where links enter it, seldom the middle of an open region
   * @param left how far it reaches from there to the left
   * @param right the same to the right
   * @param y its top
   * @param top of its layer
   * @param bottom of its layer
   * @param inside of an open region; null for all else
   */
  record Spot(
      double x,
      double left,
      double right,
      double y,
      double height,
      double top,
      double bottom,
      @Nullable Extent inside) {

    double width() {
      return left + right;
    }

    double leaves() {
      return inside == null ? x : x + inside.last - inside.first;
    }
  }

  /**
   * A level as it is drawn, its top at 0.
   *
   * @param first where links enter it
   * @param last where links leave it
   */
  record Extent(
      IdentityHashMap<Box, Spot> spots,
      double left,
      double right,
      double height,
      double first,
      double last) {
    double width() {
      return right - left;
    }

    Spot spot(Box box) {
      return Objects.requireNonNull(spots.get(box));
    }

    /**
     * A line down between layers, and straight down beside the boxes of a layer. Those that enter
     * or leave a region go on to its frame.
     */
    String path(Link link) {
      Spot before = spot(link.boxes().get(0));
      double x = before.leaves();
      StringBuilder path = new StringBuilder();
      boolean enters = isEnd(link.boxes().get(0));
      path.append(format("M%s %s", x, before.y + before.height - (enters ? HEAD : 0)));
      path.append(format("V%s", before.bottom));
      int last = link.boxes().size() - 1;
      for (int i = 1; i <= last; i++) {
        Spot spot = spot(link.boxes().get(i));
        double middle = (before.bottom + spot.top) / 2;
        if (Math.abs(x - spot.x) >= NEAR) {
          path.append(format("C%s %s %s %s %s %s", x, middle, spot.x, middle, spot.x, spot.top));
        }
        double y = i == last ? spot.y : spot.bottom;
        // An arrow at a line without length has no direction.
        if (y > spot.top || Math.abs(x - spot.x) < NEAR) {
          path.append(format("V%s", y));
        }
        x = spot.x;
        before = spot;
      }
      return path.toString();
    }

    private static boolean isEnd(Box box) {
      return box.item() == null;
    }
  }

  /** Numbers with at most one digit behind the point. */
  static String format(String pattern, double... numbers) {
    Object[] texts = new Object[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      double rounded = Math.round(numbers[i] * 10) / 10.0;
      texts[i] =
          rounded == Math.rint(rounded)
              ? Long.toString((long) rounded)
              : String.format(Locale.ROOT, "%.1f", rounded);
    }
    return String.format(Locale.ROOT, pattern, texts);
  }

  boolean isOpen(Box box) {
    return box.item() instanceof Region region && open.contains(region.id());
  }

  Extent of(Level level) {
    IdentityHashMap<Box, Spot> spots = new IdentityHashMap<>();
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double y = 0;
    for (List<Box> layer : level.layers()) {
      List<Spot> placed = layer(layer, y);
      for (int i = 0; i < layer.size(); i++) {
        Spot spot = placed.get(i);
        spots.put(layer.get(i), spot);
        left = Math.min(left, spot.x - spot.left);
        right = Math.max(right, spot.x + spot.right);
      }
      y = placed.get(0).bottom + GAP;
    }
    Spot first = end(level.layers().get(0), spots);
    Spot last = end(level.layers().get(level.layers().size() - 1), spots);
    return new Extent(spots, left, right, y - GAP, first.x, last.x);
  }

  /** The point where links come and go, or the first box of a layer without one. */
  private static Spot end(List<Box> layer, IdentityHashMap<Box, Spot> spots) {
    Box end =
        layer.stream()
            .filter(box -> box.item() == null && box.height() == 0)
            .findFirst()
            .orElse(layer.get(0));
    return Objects.requireNonNull(spots.get(end));
  }

  private List<Spot> layer(List<Box> layer, double top) {
    List<Spot> sized = layer.stream().map(this::sized).toList();
    double height = sized.stream().mapToDouble(Spot::height).max().orElse(0);
    double[] shift = shifts(layer, sized);
    List<Spot> placed = new ArrayList<>();
    for (int i = 0; i < shift.length; i++) {
      Spot spot = sized.get(i);
      boolean bend = layer.get(i).item() == null;
      placed.add(
          new Spot(
              layer.get(i).x() + shift[i],
              spot.left,
              spot.right,
              bend ? top : top + (height - spot.height) / 2,
              bend ? height : spot.height,
              top,
              top + height,
              spot.inside));
    }
    return placed;
  }

  /** How far each moves aside, so that nothing overlaps and open regions move least. */
  private static double[] shifts(List<Box> layer, List<Spot> sized) {
    double[] shift = new double[sized.size()];
    double sum = sized.get(0).inside == null ? 0 : shift[0];
    int open = sized.get(0).inside == null ? 0 : 1;
    for (int i = 1; i < shift.length; i++) {
      double closed = (layer.get(i - 1).width() + layer.get(i).width()) / 2;
      shift[i] = shift[i - 1] + sized.get(i - 1).right + sized.get(i).left - closed;
      sum += sized.get(i).inside == null ? 0 : shift[i];
      open += sized.get(i).inside == null ? 0 : 1;
    }
    for (int i = 0; i < shift.length && open > 0; i++) {
      shift[i] -= sum / open;
    }
    return shift;
  }

  private Spot sized(Box box) {
    double half = box.width() / 2;
    Item item = box.item();
    if (item == null || box.inside() == null || !isOpen(box)) {
      return new Spot(0, half, half, 0, box.height(), 0, 0, null);
    }
    Extent inside = of(box.inside());
    return new Spot(
        0,
        Math.max(inside.first - inside.left + MARGIN, Label.of(item).head()),
        Math.max(inside.right - inside.first + MARGIN, half),
        0,
        inside.height + HEAD,
        0,
        0,
        inside);
  }
}
