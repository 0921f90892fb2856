package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A part of a run: it reads one tensor and writes one. */
public sealed interface Part {
  /** The name of the step that writes what this part writes. */
  String name();

  /** The names of the activations in it that would have to be linear. */
  Stream<String> gates();

  /**
   * A linear step.
   *
   * @param form of the one convolution that it is
   * @param hasBias whether it adds one
   * @param computedAs the forms of what it computes, one after the other: two for a separable
   *     convolution
   * @param numbers the convolution itself
   */
  record Unit(
      String name, Form form, boolean hasBias, List<Form> computedAs, Supplier<Convolution> numbers)
      implements Part {
    public Unit {
      computedAs = List.copyOf(computedAs);
    }

    /** A step that computes the one convolution that it is. */
    public static Unit of(String name, Convolution convolution) {
      Form form = convolution.form();
      return new Unit(name, form, convolution.hasBias(), List.of(form), () -> convolution);
    }

    @Override
    public Stream<String> gates() {
      return Stream.of();
    }
  }

  /**
   * An activation that may become linear.
   *
   * @param endPoint what it is then, channel by channel
   */
  record Gate(String name, Convolution endPoint) implements Part {
    @Override
    public Stream<String> gates() {
      return Stream.of(name);
    }

    /** Whether the linear activation leaves everything as it is. */
    public boolean endsAsIdentity() {
      boolean ones = endPoint.weights().eq(1).all();
      return ones && !endPoint.hasBias();
    }
  }

  /**
   * A residual connection: branches that read the same and whose outputs are added.
   *
   * @param branches an empty one is an identity
   */
  record Block(String name, List<List<Part>> branches) implements Part {
    public Block {
      branches = branches.stream().map(List::copyOf).toList();
    }

    @Override
    public Stream<String> gates() {
      return branches.stream().flatMap(List::stream).flatMap(Part::gates);
    }
  }
}
