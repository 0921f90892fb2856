package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Edge;
import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Networks to draw. */
public final class Sketch {
  private final List<Node> nodes = new ArrayList<>();
  private final List<Edge> edges = new ArrayList<>();

  /** A node that reads others, by their numbers. */
  public int node(String name, String kind, Status status, int... inputs) {
    List<String> notes = status == Status.KEPT ? List.of("Reason: it must.") : List.of();
    int id = nodes.size();
    nodes.add(new Node(id, name, kind, status, notes, kind.startsWith("conv")));
    for (int input : inputs) {
      edges.add(new Edge(input, id));
    }
    return id;
  }

  int node(String kind, int... inputs) {
    Status status = kind.equals("norm") ? Status.REMOVED : Status.SAME;
    return node(kind + nodes.size(), kind, status, inputs);
  }

  Sketch back(int from, int to) {
    edges.add(new Edge(from, to));
    return this;
  }

  public Drawing drawing() {
    return Drawing.of("a", "Before", nodes, edges);
  }

  /** An input, and blocks of convolutions with shortcuts; seven layers each. */
  public static Sketch residual(int blocks, int keptBlock) {
    Sketch sketch = new Sketch();
    int x = sketch.node("image", "input", Status.INPUT);
    for (int block = 0; block < blocks; block++) {
      int y = sketch.node("relu", sketch.node("norm", sketch.node("conv", x)));
      y = sketch.node("conv", y);
      y =
          block == keptBlock
              ? sketch.node("stays", "norm", Status.KEPT, y)
              : sketch.node("norm", y);
      x = sketch.node("relu", sketch.node("add", y, x));
    }
    return sketch;
  }

  /** Nodes that each read one to three earlier ones, a tenth of them kept. */
  static Sketch random(int count, long seed) {
    Random random = new Random(seed);
    Sketch sketch = new Sketch();
    sketch.node("image", "input", Status.INPUT);
    for (int i = 1; i < count; i++) {
      int reads = 1 + (random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0);
      int[] inputs = new int[reads];
      for (int j = 0; j < reads; j++) {
        inputs[j] = Math.max(0, i - 1 - random.nextInt(random.nextInt(6) == 0 ? 9 : 2));
      }
      Status status = random.nextInt(10) == 0 ? Status.KEPT : Status.SAME;
      sketch.node("n" + i, random.nextBoolean() ? "conv" : "relu", status, inputs);
    }
    return sketch;
  }
}
