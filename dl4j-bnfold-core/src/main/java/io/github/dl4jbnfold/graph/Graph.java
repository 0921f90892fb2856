package io.github.dl4jbnfold.graph;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network: operators in an order in which each tensor is written before it is read, their
 * tensors, and the tensors that are requested outputs. Immutable.
 */
public final class Graph {
  private final List<Operator> operators;
  private final List<Tensor> tensors;
  private final Set<Tensor> outputs;
  private final List<Refusal> refusals;
  private final @Nullable Operator[] producers;
  private final List<List<Operator>> readers;

  private Graph(Builder builder) {
    this.operators = List.copyOf(builder.operators);
    this.tensors = List.copyOf(builder.tensors);
    this.outputs = Set.copyOf(builder.outputs);
    this.refusals = List.copyOf(builder.refusals);
    this.producers = new @Nullable Operator[tensors.size()];
    this.readers = new ArrayList<>();
    tensors.forEach(tensor -> readers.add(new ArrayList<>()));
    for (Operator operator : operators) {
      index(operator);
    }
  }

  private void index(Operator operator) {
    for (Tensor input : operator.inputs()) {
      readers.get(input.id()).add(operator);
    }
    for (Tensor output : operator.outputs()) {
      if (producers[output.id()] != null) {
        throw new IllegalArgumentException(
            "Tensor '%s' is written by '%s' and by '%s'."
                .formatted(output, producers[output.id()].name(), operator.name()));
      }
      producers[output.id()] = operator;
    }
  }

  /** All operators, producers before readers. */
  public List<Operator> operators() {
    return operators;
  }

  public List<Tensor> tensors() {
    return tensors;
  }

  /** The tensors whose values the user asked to preserve. */
  public Set<Tensor> outputs() {
    return outputs;
  }

  /** The batch normalizations that the front end could not express as candidates. */
  public List<Refusal> refusals() {
    return refusals;
  }

  /** The operator that writes the tensor; null for a tensor that nothing writes. */
  public @Nullable Operator producer(Tensor tensor) {
    return producers[tensor.id()];
  }

  /** The operators that read the tensor, once per reading input. */
  public List<Operator> readers(Tensor tensor) {
    return readers.get(tensor.id());
  }

  /** Whether the tensor must keep its name: a requested output, or written by no operator. */
  public boolean isAnchored(Tensor tensor) {
    Operator producer = producer(tensor);
    return outputs.contains(tensor)
        || producer == null
        || (producer instanceof Wall wall && wall.kind().equals(Wall.INPUT));
  }

  /** The candidates for removal, in graph order. */
  public List<Removable> removables() {
    return operators.stream()
        .filter(Removable.class::isInstance)
        .map(Removable.class::cast)
        .toList();
  }

  /** Collects the tensors and operators of a graph. */
  public static final class Builder {
    private final List<Operator> operators = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final Set<Tensor> outputs = new LinkedHashSet<>();
    private final List<Refusal> refusals = new ArrayList<>();

    /** A new tensor of this graph. */
    public Tensor tensor(String name, int channels) {
      Tensor tensor = new Tensor(tensors.size(), name, channels);
      tensors.add(tensor);
      return tensor;
    }

    /** Appends an operator; its inputs must have been written by earlier ones. */
    public Builder add(Operator operator) {
      operators.add(operator);
      return this;
    }

    /** Marks a requested output: a reader of the tensor that wants it as it is. */
    public Builder output(Tensor tensor) {
      if (outputs.add(tensor)) {
        add(new Wall(tensor.name(), Wall.OUTPUT, List.of(tensor), List.of()));
      }
      return this;
    }

    /** Reports a batch normalization that is in the network but not among the candidates. */
    public Builder refuse(Refusal refusal) {
      refusals.add(refusal);
      return this;
    }

    public Graph build() {
      return new Graph(this);
    }
  }
}
