package io.github.dl4jbnfold.gauge;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Which scales are tied to which, with their ratios: a union-find over cells that stores one ratio
 * per channel, with its sign. Theory, section 7 ("Scales are a forest"). Union by size without path
 * compression, so that every step can be undone.
 */
final class ScaleForest {
  /** Relative difference up to which two ratios are the same: a few roundings of a long product. */
  static final double TOLERANCE = 1e-10;

  private final int[] parent;
  private final int[] size;

  /** a_cell = ratio·a_parent. */
  private final double[] @Nullable [] ratio;

  /** Of a root: its scale, where some member's scale is fixed. */
  private final double[] @Nullable [] value;

  /** Of a root: the sign that its scale must have, 0 where it is free. */
  private final byte[] @Nullable [] sign;

  private final Deque<Runnable> undo = new ArrayDeque<>();

  ScaleForest(int cells) {
    parent = new int[cells];
    size = new int[cells];
    Arrays.fill(size, 1);
    Arrays.setAll(parent, i -> i);
    ratio = new double[cells][];
    value = new double[cells][];
    sign = new byte[cells][];
  }

  /** The class of a cell and the cell's scale relative to the scale of the class. */
  record Position(int root, double @Nullable [] ratio) {}

  Position find(int cell) {
    double[] product = ratio[cell];
    int at = parent[cell];
    while (at != parent[at]) {
      product = Vectors.times(product, ratio[at]);
      at = parent[at];
    }
    return new Position(at, cell == at ? null : product);
  }

  int root(int cell) {
    int at = cell;
    while (at != parent[at]) {
      at = parent[at];
    }
    return at;
  }

  /** a_x / a_y per channel; null for ones. The cells must be of one class. */
  double @Nullable [] ratio(int x, int y) {
    if (x == y) {
      return null;
    }
    Position px = find(x);
    Position py = find(y);
    if (px.root != py.root) {
      throw new IllegalStateException("Cells " + x + " and " + y + " are not tied.");
    }
    return Vectors.over(px.ratio, py.ratio);
  }

  /** The scale of a root where it is fixed, else null. */
  double @Nullable [] value(int root) {
    return value[root];
  }

  /** The signs that the scale of a root must have (0: free), or null if all are free. */
  byte @Nullable [] sign(int root) {
    return sign[root];
  }

  /** The first channel at which a demand fails, and how; channel −1: it holds. */
  record Outcome(int channel, Conflict.Kind kind) {
    static final Outcome HOLDS = new Outcome(-1, Conflict.Kind.SCALE);

    boolean holds() {
      return channel < 0;
    }
  }

  /** Demands a_x = factor·a_y. */
  Outcome tie(int x, double @Nullable [] factor, int y, int length) {
    Position px = find(x);
    Position py = find(y);
    double[] quotient = Vectors.over(Vectors.times(factor, py.ratio), px.ratio);
    if (px.root == py.root) {
      return difference(quotient, null);
    }
    return size[px.root] <= size[py.root]
        ? attach(px.root, py.root, quotient, length)
        : attach(py.root, px.root, Vectors.over(null, quotient), length);
  }

  private Outcome attach(int child, int root, double @Nullable [] r, int length) {
    double[] demanded = value[child] == null ? null : Vectors.over(value[child], r);
    if (demanded != null && value[root] != null) {
      Outcome difference = difference(demanded, value[root]);
      if (!difference.holds()) {
        return difference;
      }
    }
    double[] merged = value[root] == null ? demanded : value[root];
    byte[] signs = sign[root] == null ? null : sign[root].clone();
    if (sign[child] != null) {
      signs = signs == null ? new byte[length] : signs;
      int channel = mergeSigns(sign[child], r, signs);
      if (channel >= 0) {
        return new Outcome(channel, Conflict.Kind.SIGN);
      }
    }
    int channel = wrongSign(merged, signs);
    if (channel >= 0) {
      return new Outcome(channel, Conflict.Kind.SIGN);
    }
    setRoot(root, merged, signs);
    undo.push(
        () -> {
          parent[child] = child;
          size[root] -= size[child];
          ratio[child] = null;
        });
    parent[child] = root;
    size[root] += size[child];
    ratio[child] = r;
    return Outcome.HOLDS;
  }

  /** Demands a_x = 1. */
  Outcome fix(int x, int length) {
    Position px = find(x);
    double[] demanded = Vectors.over(null, px.ratio);
    if (demanded == null) {
      demanded = new double[length];
      Arrays.fill(demanded, 1);
    }
    if (value[px.root] != null) {
      return difference(demanded, value[px.root]);
    }
    int channel = wrongSign(demanded, sign[px.root]);
    if (channel >= 0) {
      return new Outcome(channel, Conflict.Kind.SIGN);
    }
    setRoot(px.root, demanded, sign[px.root]);
    return Outcome.HOLDS;
  }

  /** Demands a_x &gt; 0. */
  Outcome positive(int x, int length) {
    Position px = find(x);
    byte[] plus = new byte[length];
    Arrays.fill(plus, (byte) 1);
    byte[] signs = sign[px.root] == null ? new byte[length] : sign[px.root].clone();
    int channel = mergeSigns(plus, px.ratio, signs);
    if (channel < 0) {
      channel = wrongSign(value[px.root], signs);
    }
    if (channel >= 0) {
      return new Outcome(channel, Conflict.Kind.SIGN);
    }
    setRoot(px.root, value[px.root], signs);
    return Outcome.HOLDS;
  }

  private void setRoot(int root, double @Nullable [] newValue, byte @Nullable [] newSign) {
    double[] oldValue = value[root];
    byte[] oldSign = sign[root];
    undo.push(
        () -> {
          value[root] = oldValue;
          sign[root] = oldSign;
        });
    value[root] = newValue;
    sign[root] = newSign;
  }

  /**
   * Adds the signs of a child with a_child = r·a_root to those of the root; returns a clash or −1.
   */
  private static int mergeSigns(byte[] child, double @Nullable [] r, byte[] root) {
    for (int i = 0; i < child.length; i++) {
      byte demanded = (byte) (child[i] * Math.signum(Vectors.at(r, i)));
      if (demanded != 0 && root[i] != 0 && demanded != root[i]) {
        return i;
      }
      root[i] = root[i] == 0 ? demanded : root[i];
    }
    return -1;
  }

  private static int wrongSign(double @Nullable [] value, byte @Nullable [] signs) {
    if (value == null || signs == null) {
      return -1;
    }
    for (int i = 0; i < value.length; i++) {
      if (signs[i] != 0 && Math.signum(value[i]) != signs[i]) {
        return i;
      }
    }
    return -1;
  }

  private static Outcome difference(double @Nullable [] x, double @Nullable [] y) {
    int length = x != null ? x.length : y != null ? y.length : 0;
    for (int i = 0; i < length; i++) {
      double left = Vectors.at(x, i);
      double right = Vectors.at(y, i);
      if (!areEqual(left, right)) {
        boolean onlySign = areEqual(left, -right);
        return new Outcome(i, onlySign ? Conflict.Kind.SIGN : Conflict.Kind.SCALE);
      }
    }
    return Outcome.HOLDS;
  }

  private static boolean areEqual(double x, double y) {
    return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
  }

  /** A point to which {@link #rollback} returns. */
  int mark() {
    return undo.size();
  }

  void rollback(int mark) {
    while (undo.size() > mark) {
      undo.pop().run();
    }
  }
}
