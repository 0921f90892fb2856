package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.samediff.SameDiffConversion.Converted;
import io.github.dl4jbnfold.linearize.samediff.SameDiffConversion.Settings;
import io.github.dl4jbnfold.verify.Agreement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gates a graph of a test and converts it, and states before / after. */
final class GatedGraph {
  private final Net net;
  private final SameDiff graph;
  private final Map<String, INDArray> inputs = new LinkedHashMap<>();
  private final SameDiffGates gates;
  private Costs costs = Costs.DEPTH;

  private GatedGraph(Net net, GateOptions options) {
    this.net = net;
    this.graph = net.graph();
    this.gates = SameDiffGates.insert(graph, options.start(0.4));
    for (SDVariable input : graph.placeHolders()) {
      long[] shape = input.placeholderShape().clone();
      shape[0] = 3;
      inputs.put(input.name(), net.gaussian(1, shape));
    }
  }

  /** All activations of a graph have gates, with α = 0.4. */
  static GatedGraph of(Net net, Consumer<Net> build) {
    return of(net, build, GateOptions.defaults());
  }

  static GatedGraph of(Net net, Consumer<Net> build, GateOptions options) {
    build.accept(net);
    return new GatedGraph(net, options);
  }

  SameDiff graph() {
    return graph;
  }

  Set<String> names() {
    return gates.gates().keySet();
  }

  GatedGraph costs(Costs others) {
    costs = others;
    return this;
  }

  /** Moves padding to the front of what becomes one operator when these gates are linear. */
  GatedGraph paddedInFront(String... linear) {
    Set<String> chosen = linear.length == 0 ? names() : Set.of(linear);
    GraphPadding.moveToFront(
        graph,
        chosen,
        GraphFoldingOptions.defaults().costs(costs).growth(1e9).padding(PaddingScope.RUNS));
    return this;
  }

  /** What the graph computes with all gates half-way. */
  Map<String, INDArray> halfway() {
    gates.gates().values().forEach(g -> graph.getVariable(g.alpha()).getArr().assign(0.5));
    return outputs();
  }

  /** Converts with all gates linear. */
  After linear() {
    return linear(names().toArray(String[]::new));
  }

  /** Converts with these gates linear. */
  After linear(String... names) {
    Set<String> chosen = new HashSet<>(List.of(names));
    gates
        .gates()
        .forEach(
            (name, gate) ->
                graph.getVariable(gate.alpha()).getArr().assign(chosen.contains(name) ? 1 : 0));
    Map<String, INDArray> before = outputs();
    graph.getVariables().keySet().stream()
        .filter(name -> name.contains("_gate_alpha"))
        .forEach(name -> graph.getVariable(name).getArr().assign(0.7));
    Converted converted =
        SameDiffConversion.convert(
            graph,
            new Settings(
                chosen, costs, 1e9, net.outputs(), Map.of(), java.util.OptionalDouble.empty()));
    return new After(before, converted);
  }

  private Map<String, INDArray> outputs() {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    graph
        .output(inputs, net.outputs().toArray(String[]::new))
        .forEach((name, array) -> copies.put(name, array.dup()));
    return copies;
  }

  /** The converted graph. */
  final class After {
    private final Map<String, INDArray> before;
    private final Converted converted;

    private After(Map<String, INDArray> before, Converted converted) {
      this.before = before;
      this.converted = converted;
    }

    Converted converted() {
      return converted;
    }

    SameDiff graph() {
      return graph;
    }

    /** Exactly these operators are left, in any order. */
    After leaves(String... types) {
      assertThat(graph.getOps().values().stream().map(op -> op.getOp().opName()))
          .containsExactlyInAnyOrder(types);
      assertThat(graph.getVariables().keySet()).noneMatch(name -> name.contains("_gate_"));
      return this;
    }

    /** The outputs are those of the gated graph with its gates at their ends. */
    After equalOutputs() {
      return equalOutputs(net.type() == DataType.DOUBLE ? 1e-9 : 1e-4);
    }

    /** The same, with a relative error less than this. */
    After equalOutputs(double tolerance) {
      for (int i = 0; i < 2; i++) {
        Agreement agreement = Agreement.of(before, outputs());
        assertThat(agreement.maxRelativeError()).as("relative error").isLessThan(tolerance);
      }
      return this;
    }

    /** The graph can be saved, loaded and trained. */
    After trains() {
      SDVariable loss = graph.math.square(graph.getVariable(net.outputs().get(0))).mean();
      loss = loss.rename("test_loss");
      graph.setLossVariables("test_loss");
      List<String> trained =
          graph.variables().stream()
              .filter(v -> v.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE)
              .map(SDVariable::name)
              .toList();
      assertThat(trained).isNotEmpty();
      Map<String, INDArray> gradients =
          graph.calculateGradients(inputs, trained.toArray(String[]::new));
      java.util.Random random = new java.util.Random(5);
      for (String name : trained) {
        INDArray array = graph.getVariable(name).getArr();
        for (int k = 0; k < 3; k++) {
          long i = random.nextInt((int) array.length());
          double x = array.getDouble(i);
          double h = 1e-5;
          array.putScalar(i, x + h);
          double above = loss();
          array.putScalar(i, x - h);
          double below = loss();
          array.putScalar(i, x);
          double expected = (above - below) / (2 * h);
          assertThat(gradients.get(name).getDouble(i))
              .as(name)
              .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-6));
        }
      }
      return this;
    }

    private double loss() {
      return graph.output(inputs, "test_loss").get("test_loss").getDouble(0);
    }
  }
}
