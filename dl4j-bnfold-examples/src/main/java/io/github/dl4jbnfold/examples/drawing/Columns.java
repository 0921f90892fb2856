package io.github.dl4jbnfold.examples.drawing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where the vertices of a layering are from left to right. In turns downwards and upwards, each
 * wants to be at the weighted median of its neighbours, which makes chains straight, and each layer
 * comes as near to that as the widths allow: least squares under an order, by pooling neighbours
 * that are too close.
 */
final class Columns {
  private static final int SWEEPS = 24;
  private static final double GAP = 26;
  private static final double BEND_GAP = 14;

  /** Bends give way to nodes. */
  private static final double HEAVY = 1000;

  private final Layering layering;
  private final int vertices;
  private final double[] widths;
  private final double[] x;

  private Columns(Layering layering, double[] nodeWidths) {
    this.layering = layering;
    this.vertices = nodeWidths.length;
    this.widths = Arrays.copyOf(nodeWidths, layering.size());
    this.x = new double[layering.size()];
  }

  /**
   * The middles of all vertices and bends.
   *
   * @param nodeWidths of the vertices
   */
  static double[] of(Layering layering, double[] nodeWidths) {
    Columns columns = new Columns(layering, nodeWidths);
    List<List<Integer>> layers = layering.layers();
    layers.forEach(layer -> columns.settle(layer, new double[layer.size()]));
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int i = 0; i < layers.size(); i++) {
        columns.settle(layers.get(sweep % 2 == 0 ? i : layers.size() - 1 - i), sweep % 2 == 0);
      }
    }
    columns.straighten();
    return columns.x;
  }

  /** What goes down one by one, bends included, comes in line, as far outside as there is room. */
  private void straighten() {
    for (int vertex = 0; vertex < x.length; vertex++) {
      boolean first = isPassed(vertex) && !isPassed(layering.above(vertex).get(0));
      if (first) {
        straighten(chain(vertex));
      }
    }
  }

  private boolean isPassed(int vertex) {
    return layering.above(vertex).size() == 1 && layering.below(vertex).size() == 1;
  }

  private List<Integer> chain(int first) {
    List<Integer> chain = new ArrayList<>(List.of(first));
    int next = layering.below(first).get(0);
    while (isPassed(next)) {
      chain.add(next);
      next = layering.below(next).get(0);
    }
    return chain;
  }

  private void straighten(List<Integer> chain) {
    int before = layering.above(chain.get(0)).get(0);
    int after = layering.below(chain.get(chain.size() - 1)).get(0);
    double average = chain.stream().mapToDouble(v -> x[v]).average().orElse(0);
    boolean right = average > (x[before] + x[after]) / 2;
    chain.stream()
        .map(vertex -> x[vertex])
        .sorted(right ? Comparator.reverseOrder() : Comparator.naturalOrder())
        .filter(line -> chain.stream().allMatch(vertex -> hasRoom(vertex, line)))
        .findFirst()
        .ifPresent(line -> chain.forEach(vertex -> x[vertex] = line));
  }

  private boolean hasRoom(int vertex, double line) {
    List<Integer> layer =
        layering.layers().stream().filter(l -> l.contains(vertex)).findFirst().orElseThrow();
    int at = layer.indexOf(vertex);
    boolean left = at == 0 || isApart(layer.get(at - 1), x[layer.get(at - 1)], vertex, line);
    return left
        && (at == layer.size() - 1
            || isApart(vertex, line, layer.get(at + 1), x[layer.get(at + 1)]));
  }

  /** Half of the usual gap will do for a straight line. */
  private boolean isApart(int left, double leftX, int right, double rightX) {
    return rightX - leftX >= distance(left, right) - gap(left, right) / 2;
  }

  private void settle(List<Integer> layer, boolean down) {
    double[] wanted = new double[layer.size()];
    for (int i = 0; i < wanted.length; i++) {
      int vertex = layer.get(i);
      List<Integer> neighbours = down ? layering.above(vertex) : layering.below(vertex);
      wanted[i] = neighbours.isEmpty() ? x[vertex] : median(vertex, neighbours);
    }
    settle(layer, wanted);
  }

  private boolean isBend(int vertex) {
    return vertex >= vertices;
  }

  private double weight(int one, int other) {
    return isBend(one) && isBend(other) ? 4 : isBend(one) || isBend(other) ? 1 : 3;
  }

  /** Where as much pulls to the left as to the right; in the middle of two such places. */
  private double median(int vertex, List<Integer> neighbours) {
    List<Integer> sorted =
        neighbours.stream().sorted(Comparator.comparingDouble(n -> x[n])).toList();
    double all = sorted.stream().mapToDouble(n -> weight(vertex, n)).sum();
    double left = 0;
    for (int i = 0; i < sorted.size(); i++) {
      left += weight(vertex, sorted.get(i));
      if (2 * left > all) {
        return x[sorted.get(i)];
      } else if (2 * left == all) {
        return (x[sorted.get(i)] + x[sorted.get(i + 1)]) / 2;
      }
    }
    return x[vertex];
  }

  /** Least squares with distances: without them they only have to be in order, which pools do. */
  private void settle(List<Integer> layer, double[] wanted) {
    int count = layer.size();
    double[] offset = new double[count];
    for (int i = 1; i < count; i++) {
      offset[i] = offset[i - 1] + distance(layer.get(i - 1), layer.get(i));
    }
    double[] mean = new double[count];
    double[] weight = new double[count];
    int[] size = new int[count];
    int pools = 0;
    for (int i = 0; i < count; i++) {
      mean[pools] = wanted[i] - offset[i];
      weight[pools] = isBend(layer.get(i)) ? 1 : HEAVY;
      size[pools++] = 1;
      while (pools > 1 && mean[pools - 2] > mean[pools - 1]) {
        pools--;
        double sum = weight[pools - 1] + weight[pools];
        mean[pools - 1] = (mean[pools - 1] * weight[pools - 1] + mean[pools] * weight[pools]) / sum;
        weight[pools - 1] = sum;
        size[pools - 1] += size[pools];
      }
    }
    int at = 0;
    for (int pool = 0; pool < pools; pool++) {
      for (int i = 0; i < size[pool]; i++) {
        x[layer.get(at)] = mean[pool] + offset[at];
        at++;
      }
    }
  }

  private double distance(int left, int right) {
    return (widths[left] + widths[right]) / 2 + gap(left, right);
  }

  private double gap(int left, int right) {
    return isBend(left) && isBend(right) ? BEND_GAP : GAP;
  }
}
