package io.github.dl4jbnfold.examples.drawing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A network as it is drawn.
 *
 * @param key tells apart the drawings of one page: a letter, then letters and digits
 * @param title what it shows
 * @param nodes the index of each is its {@link Node#id}
 * @param edges between nodes; those from a later to an earlier node are loops of the network
 * @param items the same nodes, those together that may be drawn as one box
 */
public record Drawing(
    String key, String title, List<Node> nodes, List<Edge> edges, List<Item> items) {
  public Drawing {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
    items = List.copyOf(items);
  }

  /**
   * An input, an operator or a layer.
   *
   * @param name in its network
   * @param kind what it is, in a few words
   * @param notes what is to be told of it besides, a sentence or a "key: value" each
   * @param weighty whether it is of those that a network is counted by: convolutions, dense layers
   */
  public record Node(
      int id, String name, String kind, Status status, List<String> notes, boolean weighty) {
    public Node {
      notes = List.copyOf(notes);
    }

    /** All that is to be told of it, a line each. */
    public String description() {
      List<String> lines = new ArrayList<>(List.of(name, kind));
      if (status != Status.SAME) {
        lines.add(
            Character.toUpperCase(status.meaning().charAt(0)) + status.meaning().substring(1));
      }
      lines.addAll(notes);
      return String.join("\n", lines);
    }
  }

  /** What one node writes another one reads. */
  public record Edge(int from, int to) {
    boolean isForward() {
      return from < to;
    }
  }

  /** A node, or some that may be drawn as one box. */
  public sealed interface Item {
    /** The nodes in it. */
    Stream<Node> nodes();
  }

  /** A node that is drawn. */
  public record Leaf(Node node) implements Item {
    @Override
    public Stream<Node> nodes() {
      return Stream.of(node);
    }
  }

  /**
   * Nodes between which no path leaves and returns, none of them kept.
   *
   * @param id tells it apart in its drawing
   * @param label in a few words
   */
  public record Region(int id, String label, List<Item> items) implements Item {
    public Region {
      items = List.copyOf(items);
    }

    @Override
    public Stream<Node> nodes() {
      return items.stream().flatMap(Item::nodes);
    }

    long count(Status status) {
      return nodes().filter(node -> node.status() == status).count();
    }
  }

  /** A drawing whose regions are found. */
  public static Drawing of(String key, String title, List<Node> nodes, List<Edge> edges) {
    List<Edge> distinct = edges.stream().distinct().toList();
    return new Drawing(key, title, nodes, distinct, new Regions(nodes, distinct).items());
  }

  /** Nodes that fit on a page are all shown; of more, regions are closed. */
  public Set<Integer> openAtFirst() {
    Set<Integer> open = new HashSet<>();
    if (nodes.size() <= Regions.FEW) {
      items.forEach(item -> open(item, open));
    }
    return open;
  }

  /** All regions. */
  public Set<Integer> regions() {
    Set<Integer> open = new HashSet<>();
    items.forEach(item -> open(item, open));
    return open;
  }

  private static void open(Item item, Set<Integer> open) {
    if (item instanceof Region region) {
      open.add(region.id());
      region.items().forEach(inner -> open(inner, open));
    }
  }
}
