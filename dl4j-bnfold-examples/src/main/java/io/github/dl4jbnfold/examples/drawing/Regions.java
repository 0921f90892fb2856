package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Edge;
import io.github.dl4jbnfold.examples.drawing.Drawing.Item;
import io.github.dl4jbnfold.examples.drawing.Drawing.Leaf;
import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import io.github.dl4jbnfold.examples.drawing.Drawing.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds what may be drawn as one box. A waist is a node that every path passes; between waists are
 * the blocks of a network. A block, with the chain behind it, is a region, and several blocks in a
 * row are one, too, where there are many. In a network without waists chains are regions. What
 * holds a kept batch normalization is none.
 */
final class Regions {
  /** Networks with so many nodes are shown as they are. */
  static final int FEW = 40;

  private static final int MOST_IN_A_ROW = 24;
  private static final int MOST_IN_A_BLOCK = 40;
  private static final int LEAST = 3;
  private static final int LONG_CHAIN = 8;

  private final List<Node> nodes;
  private final int[] reach;
  private final List<List<Integer>> readers = new ArrayList<>();
  private final List<List<Integer>> sources = new ArrayList<>();
  private int regions;

  Regions(List<Node> nodes, List<Edge> edges) {
    this.nodes = nodes;
    this.reach = new int[nodes.size()];
    nodes.forEach(node -> readers.add(new ArrayList<>()));
    nodes.forEach(node -> sources.add(new ArrayList<>()));
    for (Edge edge : edges) {
      int first = Math.min(edge.from(), edge.to());
      int last = Math.max(edge.from(), edge.to());
      reach[first] = Math.max(reach[first], last);
      readers.get(first).add(last);
      sources.get(last).add(first);
    }
  }

  List<Item> items() {
    List<Item> items = new ArrayList<>();
    List<Item> row = new ArrayList<>();
    List<List<List<Node>>> blocks = blocks();
    for (List<List<Node>> block : blocks) {
      List<Node> members = block.stream().flatMap(List::stream).toList();
      if (isFolded(members) && members.size() >= LEAST && members.size() <= MOST_IN_A_BLOCK) {
        row.add(region(leaves(members), label(members)));
      } else {
        items.addAll(grouped(row, blocks.size()));
        row.clear();
        items.addAll(members.size() < LEAST ? leaves(members) : chains(members));
      }
    }
    items.addAll(grouped(row, blocks.size()));
    return items;
  }

  private static List<Item> leaves(List<Node> members) {
    return members.stream().<Item>map(Leaf::new).toList();
  }

  private Region region(List<Item> items, String label) {
    return new Region(regions++, label, items);
  }

  private static boolean isFolded(List<Node> members) {
    return members.stream()
        .noneMatch(node -> node.status() == Status.KEPT || node.status() == Status.INPUT);
  }

  /** Rows of blocks, a waist at the end of each part of a block. */
  private List<List<List<Node>>> blocks() {
    List<List<List<Node>>> blocks = new ArrayList<>();
    List<List<Node>> block = new ArrayList<>();
    for (List<Node> segment : segments()) {
      if (!block.isEmpty() && begins(segment, block)) {
        blocks.add(block);
        block = new ArrayList<>();
      }
      block.add(segment);
    }
    blocks.add(block);
    return blocks;
  }

  private static boolean begins(List<Node> segment, List<List<Node>> block) {
    boolean detour = block.stream().anyMatch(part -> part.size() > 1);
    long members = block.stream().mapToLong(List::size).sum();
    boolean input = block.get(0).get(0).status() == Status.INPUT;
    return input
        || (segment.size() > 1
            ? detour || members >= LEAST
            : segment.get(0).weighty() && (detour || members >= LONG_CHAIN));
  }

  /** The nodes up to and including each waist. */
  private List<List<Node>> segments() {
    List<List<Node>> segments = new ArrayList<>();
    List<Node> segment = new ArrayList<>();
    int furthest = 0;
    for (Node node : nodes) {
      segment.add(node);
      if (furthest <= node.id()) {
        segments.add(segment);
        segment = new ArrayList<>();
      }
      furthest = Math.max(furthest, reach[node.id()]);
    }
    if (!segment.isEmpty()) {
      segments.add(segment);
    }
    return segments;
  }

  /** Blocks in a row, some together in a region where the whole network has many. */
  private List<Item> grouped(List<Item> row, int blocks) {
    int count = row.size();
    if (blocks <= MOST_IN_A_ROW || count <= LEAST) {
      return List.copyOf(row);
    }
    int groups = (int) Math.ceil(Math.sqrt(count));
    List<Item> grouped = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      List<Item> members = row.subList(group * count / groups, (group + 1) * count / groups);
      grouped.add(
          members.size() == 1
              ? members.get(0)
              : region(members, "%d blocks".formatted(members.size())));
    }
    return grouped;
  }

  /** A block that is too large, or holds something kept: its chains are regions. */
  private List<Item> chains(List<Node> members) {
    List<Item> items = new ArrayList<>();
    boolean[] done = new boolean[nodes.size()];
    for (Node node : members) {
      if (done[node.id()]) {
        continue;
      }
      List<Node> chain = chain(node, members);
      chain.forEach(member -> done[member.id()] = true);
      items.addAll(
          chain.size() >= LEAST ? List.of(region(leaves(chain), label(chain))) : leaves(chain));
    }
    return items;
  }

  private List<Node> chain(Node first, List<Node> members) {
    List<Node> chain = new ArrayList<>(List.of(first));
    Node last = first;
    while (isFolded(chain)) {
      List<Integer> next = readers.get(last.id());
      if (next.size() != 1 || sources.get(next.get(0)).size() != 1) {
        break;
      }
      last = nodes.get(next.get(0));
      if (!isFolded(List.of(last)) || !members.contains(last)) {
        break;
      }
      chain.add(last);
    }
    return chain;
  }

  /** The kinds of its nodes, by their number. */
  private static String label(List<Node> members) {
    Map<String, Long> kinds =
        members.stream()
            .filter(node -> node.status() != Status.REMOVED)
            .collect(
                Collectors.groupingBy(
                    node -> node.kind().split(" ", 2)[0],
                    LinkedHashMap::new,
                    Collectors.counting()));
    return kinds.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(3)
        .map(kind -> kind.getValue() == 1 ? kind.getKey() : kind.getValue() + " " + kind.getKey())
        .collect(Collectors.joining(", "));
  }
}
