package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Edge;
import io.github.dl4jbnfold.examples.drawing.Drawing.Item;
import io.github.dl4jbnfold.examples.drawing.Drawing.Leaf;
import io.github.dl4jbnfold.examples.drawing.Drawing.Region;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is drawn side by side and one below the other: a network, or the inside of a region.
 *
 * @param layers from the top, each from the left
 * @param links between them
 */
record Level(List<List<Box>> layers, List<Link> links) {
  static final double NODE_HEIGHT = 38;
  static final double REGION_HEIGHT = 46;

  Level {
    layers = layers.stream().map(List::copyOf).toList();
    links = List.copyOf(links);
  }

  /**
   * A node, a region, a bend of a link, or the place where links enter or leave a region.
   *
   * @param item null for the latter two
   * @param inside of a region; null for all else
   * @param x its middle while all regions beside it are closed
   * @param width while it is closed
   */
  record Box(@Nullable Item item, @Nullable Level inside, double x, double width, double height) {}

  /**
   * A line.
   *
   * @param boxes from which and to which, with the bends between them
   * @param back whether it is drawn against the order of the network
   */
  record Link(List<Box> boxes, boolean back) {
    Link {
      boxes = List.copyOf(boxes);
    }
  }

  static Level of(Drawing drawing) {
    return of(drawing.items(), drawing.edges());
  }

  private static Level of(List<Item> items, Collection<Edge> edges) {
    Map<Integer, Integer> vertices = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      int vertex = i;
      items.get(i).nodes().forEach(node -> vertices.put(node.id(), vertex));
    }
    int enter = items.size();
    Map<List<Integer>, Boolean> links = new LinkedHashMap<>();
    for (Edge edge : edges) {
      int from = vertices.getOrDefault(edge.from(), enter);
      int to = vertices.getOrDefault(edge.to(), enter + 1);
      if (from != to && (from != enter || to != enter + 1)) {
        boolean swap = !edge.isForward();
        links.putIfAbsent(swap ? swapped(from, to, enter) : List.of(from, to), swap);
      }
    }
    return of(items, List.copyOf(edges), links);
  }

  /** A loop's edge runs downwards, too, but its arrow is at the upper end. */
  private static List<Integer> swapped(int from, int to, int enter) {
    int upper = to == enter + 1 ? enter : to;
    int lower = from == enter ? enter + 1 : from;
    return List.of(upper, lower);
  }

  private static Level of(List<Item> items, List<Edge> edges, Map<List<Integer>, Boolean> links) {
    int enter = items.size();
    boolean[] used = new boolean[enter + 2];
    links.keySet().forEach(link -> link.forEach(vertex -> used[vertex] = true));
    int ends = used[enter] || used[enter + 1] ? 2 : 0;
    List<int[]> arrows =
        new ArrayList<>(links.keySet().stream().map(l -> new int[] {l.get(0), l.get(1)}).toList());
    Layering layering = new Layering(enter + ends, arrows);
    double[] widths = new double[enter + ends];
    for (int i = 0; i < enter; i++) {
      widths[i] = Label.of(items.get(i)).width();
    }
    double[] x = Columns.of(layering, widths);
    List<Box> boxes = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      boxes.add(i < enter ? box(items.get(i), edges, x[i], widths[i]) : point(x[i]));
    }
    List<Link> routed = new ArrayList<>();
    List<Boolean> back = List.copyOf(links.values());
    for (int i = 0; i < back.size(); i++) {
      List<Box> way = new ArrayList<>();
      for (int vertex : layering.routes().get(i)) {
        way.add(boxes.get(vertex));
      }
      routed.add(new Link(way, back.get(i)));
    }
    return new Level(
        layering.layers().stream().map(layer -> layer.stream().map(boxes::get).toList()).toList(),
        routed);
  }

  private static Box point(double x) {
    return new Box(null, null, x, 0, 0);
  }

  private static Box box(Item item, List<Edge> edges, double x, double width) {
    if (item instanceof Leaf) {
      return new Box(item, null, x, width, NODE_HEIGHT);
    }
    Region region = (Region) item;
    Set<Integer> inside = region.nodes().map(Drawing.Node::id).collect(Collectors.toSet());
    List<Edge> touching =
        edges.stream().filter(e -> inside.contains(e.from()) || inside.contains(e.to())).toList();
    return new Box(item, of(region.items(), touching), x, width, REGION_HEIGHT);
  }
}
