package io.github.dl4jbnfold.graph;

import io.github.dl4jbnfold.graph.ChannelMap.Direction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A graph in the making: which tensor stands for which array of the source network, and where its
 * channels are. A front end asks it for arrays in the layout that an operator needs; it adapts them
 * or walls them off.
 */
public final class GraphDraft {

  /** The tensor that an array is, and where its channels are. */
  public record View(Tensor tensor, Layout layout) {}

  private final Graph.Builder builder = new Graph.Builder();
  private final List<Operator> operators = new ArrayList<>();
  private final Map<String, View> views = new HashMap<>();
  private final Map<String, Map<Layout, Tensor>> adapted = new HashMap<>();
  private final Map<String, String> wallOf = new HashMap<>();

  /** The layout that the producer gave the array; null if the array is behind a wall. */
  public @Nullable Layout layout(String array) {
    View view = views.get(array);
    return view == null ? null : view.layout();
  }

  /** The array as a tensor with the given channels. */
  public Tensor input(String array, Layout wanted) {
    View view = views.get(array);
    if (view != null && view.layout().equals(wanted)) {
      return view.tensor();
    }
    return adapted
        .computeIfAbsent(array, v -> new HashMap<>())
        .computeIfAbsent(wanted, layout -> adapt(array, view, layout));
  }

  private Tensor adapt(String array, @Nullable View view, Layout wanted) {
    Tensor result = builder.tensor(array, wanted.channels());
    if (view == null) {
      String kind = wallOf.getOrDefault(array, Wall.INPUT);
      operators.add(new Wall(array, kind, List.of(), List.of(result)));
      return result;
    }
    int[] refined = wanted.refines(view.layout());
    int[] coarsened = refined == null ? view.layout().refines(wanted) : null;
    if (refined != null) {
      operators.add(
          new ChannelMap(
              array, "reshape", view.tensor(), result, Direction.OUTPUT_TO_INPUT, refined));
    } else if (coarsened != null) {
      operators.add(
          new ChannelMap(
              array, "reshape", view.tensor(), result, Direction.INPUT_TO_OUTPUT, coarsened));
    } else {
      operators.add(
          new Wall(array, "change of the channel axis", List.of(view.tensor()), List.of(result)));
    }
    return result;
  }

  /** An array whose one channel stands beside every channel of the given layout. */
  public Tensor broadcast(String array, Layout wanted) {
    View view = views.get(array);
    return view == null
        ? input(array, wanted)
        : adapted
            .computeIfAbsent(array, v -> new HashMap<>())
            .computeIfAbsent(wanted, layout -> repeat(array, view.tensor(), layout));
  }

  private Tensor repeat(String array, Tensor single, Layout wanted) {
    Tensor result = builder.tensor(array, wanted.channels());
    int[] source = new int[wanted.channels()];
    operators.add(
        new ChannelMap(array, "broadcast", single, result, Direction.OUTPUT_TO_INPUT, source));
    return result;
  }

  /** The tensor that an operator writes. */
  public Tensor output(String array, Layout layout) {
    Tensor tensor = builder.tensor(array, layout.channels());
    views.put(array, new View(tensor, layout));
    return tensor;
  }

  /** A tensor inside one operator of the network. */
  public Tensor intermediate(String name, int channels) {
    return builder.tensor(name, channels);
  }

  public void add(Operator operator) {
    operators.add(operator);
  }

  public void refuse(Refusal refusal) {
    builder.refuse(refusal);
  }

  /** The array stays what it is, because this operator reads it. */
  public void fix(String array, String operator, String kind) {
    View view = views.get(array);
    if (view != null) {
      operators.add(new Wall(operator, kind, List.of(view.tensor()), List.of()));
    }
  }

  /** The array is written by an operator of this kind that no gauge passes. */
  public void writtenByWall(String array, String kind) {
    wallOf.put(array, kind);
  }

  /** The operators so far, in order; a front end may fuse some of them. */
  public List<Operator> operators() {
    return operators;
  }

  /** By array; what is behind a wall has none. */
  public Map<String, View> views() {
    return views;
  }

  /** The arrays whose values are to be preserved, in every layout in which they were read. */
  public void request(Collection<String> outputs) {
    for (String output : outputs) {
      List<Tensor> tensors = new ArrayList<>(adapted.getOrDefault(output, Map.of()).values());
      View view = views.get(output);
      if (view != null) {
        tensors.add(view.tensor());
      }
      tensors.forEach(t -> operators.add(new Wall(output, Wall.OUTPUT, List.of(t), List.of())));
    }
  }

  /** The finished graph. */
  public Graph build() {
    for (Operator operator : operators) {
      if (operator instanceof Wall wall && wall.kind().equals(Wall.OUTPUT)) {
        builder.output(wall.inputs().get(0));
      } else {
        builder.add(operator);
      }
    }
    return builder.build();
  }
}
