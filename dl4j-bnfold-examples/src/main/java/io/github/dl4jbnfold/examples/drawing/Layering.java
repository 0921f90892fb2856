package io.github.dl4jbnfold.examples.drawing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Puts the vertices of an acyclic graph into layers, so that edges go downwards, with a bend for
 * each layer that an edge passes, and orders each layer so that few edges cross (Sugiyama, Tagawa
 * and Toda, 1981: barycenters of the neighbours, up and down in turns).
 */
final class Layering {
  private static final int SWEEPS = 8;

  private final List<int[]> edges = new ArrayList<>();
  private final List<List<Integer>> above = new ArrayList<>();
  private final List<List<Integer>> below = new ArrayList<>();
  private final List<Integer> ranks = new ArrayList<>();
  private final List<int[]> routes = new ArrayList<>();
  private List<List<Integer>> layers = new ArrayList<>();

  /**
   * @param count of the vertices
   * @param given each from a vertex to another one
   */
  Layering(int count, List<int[]> given) {
    int[] rank = ranks(count, given);
    for (int vertex = 0; vertex < count; vertex++) {
      vertex(rank[vertex]);
    }
    for (int[] edge : given) {
      routes.add(route(edge[0], edge[1]));
    }
    order();
  }

  private int vertex(int rank) {
    ranks.add(rank);
    above.add(new ArrayList<>());
    below.add(new ArrayList<>());
    return ranks.size() - 1;
  }

  /** The vertices of an edge, its bends included. */
  private int[] route(int from, int to) {
    int length = ranks.get(to) - ranks.get(from);
    int[] route = new int[length + 1];
    route[0] = from;
    route[length] = to;
    for (int step = 1; step <= length; step++) {
      if (step < length) {
        route[step] = vertex(ranks.get(from) + step);
      }
      edges.add(new int[] {route[step - 1], route[step]});
      below.get(route[step - 1]).add(route[step]);
      above.get(route[step]).add(route[step - 1]);
    }
    return route;
  }

  /**
   * The longest way to each vertex; a vertex that nothing leads to is right above what it leads to.
   */
  private static int[] ranks(int count, List<int[]> given) {
    int[] rank = new int[count];
    int[] missing = new int[count];
    given.forEach(edge -> missing[edge[1]]++);
    boolean[] source = new boolean[count];
    Deque<Integer> ready = new ArrayDeque<>();
    for (int vertex = 0; vertex < count; vertex++) {
      source[vertex] = missing[vertex] == 0;
      if (source[vertex]) {
        ready.add(vertex);
      }
    }
    while (!ready.isEmpty()) {
      int vertex = ready.poll();
      for (int[] edge : given) {
        if (edge[0] == vertex) {
          rank[edge[1]] = Math.max(rank[edge[1]], rank[vertex] + 1);
          if (--missing[edge[1]] == 0) {
            ready.add(edge[1]);
          }
        }
      }
    }
    for (int vertex = 0; vertex < count; vertex++) {
      int self = vertex;
      if (source[vertex]) {
        rank[vertex] =
            given.stream().filter(e -> e[0] == self).mapToInt(e -> rank[e[1]] - 1).min().orElse(0);
      }
    }
    return rank;
  }

  private void order() {
    int depth = ranks.stream().mapToInt(rank -> rank).max().orElse(-1) + 1;
    for (int layer = 0; layer < depth; layer++) {
      layers.add(new ArrayList<>());
    }
    boolean[] seen = new boolean[ranks.size()];
    for (int vertex = 0; vertex < ranks.size(); vertex++) {
      if (above.get(vertex).isEmpty()) {
        place(vertex, seen);
      }
    }
    List<List<Integer>> best = copy();
    long fewest = crossings();
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
      sweep(sweep % 2 == 0);
      long crossings = crossings();
      if (crossings < fewest) {
        fewest = crossings;
        best = copy();
      }
    }
    layers = best;
  }

  /** Depth first: what belongs together comes together. */
  private void place(int root, boolean[] seen) {
    Deque<Integer> pending = new ArrayDeque<>(List.of(root));
    while (!pending.isEmpty()) {
      int vertex = pending.pop();
      if (!seen[vertex]) {
        seen[vertex] = true;
        layers.get(ranks.get(vertex)).add(vertex);
        List<Integer> next = below.get(vertex);
        for (int i = next.size() - 1; i >= 0; i--) {
          pending.push(next.get(i));
        }
      }
    }
  }

  private List<List<Integer>> copy() {
    return layers.stream().<List<Integer>>map(ArrayList::new).toList();
  }

  private void sweep(boolean down) {
    double[] position = new double[ranks.size()];
    layers.forEach(layer -> layer.forEach(v -> position[v] = layer.indexOf(v)));
    for (int i = 0; i < layers.size(); i++) {
      List<Integer> layer = layers.get(down ? i : layers.size() - 1 - i);
      double[] center = position.clone();
      for (int vertex : layer) {
        List<Integer> neighbours = (down ? above : below).get(vertex);
        center[vertex] =
            neighbours.stream().mapToDouble(n -> position[n]).average().orElse(position[vertex]);
      }
      layer.sort(Comparator.comparingDouble(v -> center[v]));
      for (int at = 0; at < layer.size(); at++) {
        position[layer.get(at)] = at;
      }
    }
  }

  private long crossings() {
    int[] position = new int[ranks.size()];
    layers.forEach(layer -> layer.forEach(v -> position[v] = layer.indexOf(v)));
    long crossings = 0;
    for (List<Integer> layer : layers) {
      int[][] between =
          layer.stream()
              .flatMap(v -> below.get(v).stream().map(n -> new int[] {position[v], position[n]}))
              .toArray(int[][]::new);
      Arrays.sort(between, Comparator.comparingInt((int[] e) -> e[0]).thenComparingInt(e -> e[1]));
      for (int i = 0; i < between.length; i++) {
        for (int j = i + 1; j < between.length; j++) {
          crossings += between[i][0] < between[j][0] && between[i][1] > between[j][1] ? 1 : 0;
        }
      }
    }
    return crossings;
  }

  /** Of vertices and bends, from the top; those in a layer from the left. */
  List<List<Integer>> layers() {
    return layers;
  }

  /** For each edge the vertices on its way, of which all but the first and the last are bends. */
  List<int[]> routes() {
    return routes;
  }

  /** How many vertices and bends there are. */
  int size() {
    return ranks.size();
  }

  List<Integer> above(int vertex) {
    return above.get(vertex);
  }

  List<Integer> below(int vertex) {
    return below.get(vertex);
  }
}
