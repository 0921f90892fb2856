package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.jspecify.annotations.Nullable;

/** A vertex that is being read. */
record VertexSite(Step step, GraphVertex vertex, Reading reading) {
  String name() {
    return step.name();
  }

  List<String> inputs() {
    return step.inputs();
  }

  long[] in(int input) {
    return reading.shape(inputs().get(input));
  }

  long[] out() {
    return reading.shape(name());
  }

  /** Where the channels of an input are; null if it is behind a wall. */
  @Nullable Layout layout(int input) {
    return reading.draft().layout(inputs().get(input));
  }

  Tensor read(int input, Layout layout) {
    return reading.draft().input(inputs().get(input), layout);
  }

  Tensor write(Layout layout) {
    return reading.draft().output(name(), layout);
  }

  /** The axis that the channels of an input are; 1 where that is not known. */
  int axis(int input) {
    Layout layout = layout(input);
    int axis = layout == null ? -1 : layout.axisIn(in(input));
    return axis < 0 ? 1 : axis;
  }

  /** The vertex is an operator that no gauge passes. */
  void wall() {
    String kind = vertex.getClass().getSimpleName();
    inputs().forEach(input -> reading.draft().fix(input, name(), kind));
    reading.draft().writtenByWall(name(), kind);
  }
}
