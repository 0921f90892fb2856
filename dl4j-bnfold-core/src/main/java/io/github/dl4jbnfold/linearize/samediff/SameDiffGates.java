package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.layers.GatePenalty;
import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.samediff.write.GraphEditor;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * The gates of a SameDiff graph: σ becomes y = α·(slope·x + shift) + (1 − α)·σ(x), made of the
 * graph's own operators, under the name that σ's output had (Ben Dror et al., <i>Layer Folding</i>,
 * BMVC 2022, equation 1, where the line is x).
 *
 * <p>Each α is a variable of the graph and trained by {@code SameDiff.fit} as all variables are.
 * {@link GateTraining}, a listener that the graph gets, keeps it in [0, 1]. The penalty is one more
 * loss variable.
 */
public final class SameDiffGates {
  private static final Set<String> NORMS = Set.of("batchnorm", "fused_batch_norm");
  private static final Set<String> LOOPS =
      Set.of("enter", "exit", "next_iteration", "loop_cond", "switch", "merge");

  private final SameDiff graph;
  private final Map<String, SameDiffGate> gates;

  private SameDiffGates(SameDiff graph) {
    this.graph = graph;
    this.gates = GateReader.gates(graph);
  }

  /**
   * The gates that a graph holds, be it one that was saved and loaded; training goes on.
   *
   * @param rate what the learning rate of α is multiplied by, which a file does not tell
   */
  public static SameDiffGates of(SameDiff graph, double rate) {
    SameDiffGates gates = new SameDiffGates(graph);
    gates.listen(rate);
    return gates;
  }

  /**
   * Gives activations gates, in place.
   *
   * @throws FoldingException if the graph cannot be trained or edited as it is; it is not changed
   */
  public static SameDiffGates insert(SameDiff graph, GateOptions options) {
    requireTrainable(graph);
    List<Op> activations = activations(graph, options);
    Map<String, GatePenalty> penalties = new LinkedHashMap<>();
    for (Op activation : activations) {
      GatePenalty penalty = options.penalty().apply(activation.output());
      if (penalty != null) {
        penalties.put(activation.output(), penalty);
      }
    }
    List<String> losses = penalties.isEmpty() ? List.of() : losses(graph);
    Map<String, Integer> ranks = ranks(graph, activations, options);
    GraphEditor editor = new GraphEditor(graph, GraphOutputs.unread(graph));
    GateWriter writer = new GateWriter(graph, editor);
    Map<String, String> alphas = new LinkedHashMap<>();
    for (Op op : activations) {
      String name = op.output();
      GateLine line = options.lines().get(name);
      int rank = ranks.getOrDefault(name, 0);
      alphas.put(name, writer.write(name, op.input(0), options.start(), line, rank));
    }
    writePenalty(graph, writer, alphas, penalties, losses);
    return of(graph, options.rate());
  }

  /** Lets gates pay this for their activations, and nothing else. */
  static void penalize(SameDiff graph, Map<String, GatePenalty> penalties) {
    Set<String> before = SameDiffConversion.penalties(graph);
    List<String> losses = losses(graph).stream().filter(loss -> !before.contains(loss)).toList();
    graph.setLossVariables(losses.toArray(String[]::new));
    Set<String> outputs = GraphOutputs.unread(graph);
    outputs.removeAll(before);
    new GraphEditor(graph, outputs).sweep();
    Map<String, String> alphas = new LinkedHashMap<>();
    GateReader.gates(graph).forEach((name, gate) -> alphas.put(name, gate.alpha()));
    GateWriter writer = new GateWriter(graph, new GraphEditor(graph, outputs));
    writePenalty(graph, writer, alphas, penalties, losses);
  }

  private static void writePenalty(
      SameDiff graph,
      GateWriter writer,
      Map<String, String> alphas,
      Map<String, GatePenalty> penalties,
      List<String> losses) {
    SDVariable penalty = penalty(writer, alphas, penalties);
    if (penalty != null) {
      penalty = named(graph, penalty);
    }
    new GraphEditor(graph, GraphOutputs.unread(graph)).sweep();
    if (penalty != null) {
      List<String> all = new ArrayList<>(losses);
      all.add(penalty.name());
      graph.setLossVariables(all.toArray(String[]::new));
    }
  }

  private static SDVariable named(SameDiff graph, SDVariable penalty) {
    String name = GateWriter.PENALTY;
    while (graph.hasVariable(name) || graph.getOps().containsKey(name)) {
      name += "_";
    }
    return penalty.rename(name);
  }

  private static @Nullable SDVariable penalty(
      GateWriter writer, Map<String, String> alphas, Map<String, GatePenalty> penalties) {
    Map<Double, Map<String, Double>> byPower = new TreeMap<>();
    penalties.forEach(
        (name, penalty) ->
            byPower
                .computeIfAbsent(penalty.power(), p -> new LinkedHashMap<>())
                .put(alphas.getOrDefault(name, ""), penalty.weight()));
    SDVariable sum = null;
    for (Map.Entry<Double, Map<String, Double>> group : byPower.entrySet()) {
      SDVariable part = writer.penalty(group.getValue(), group.getKey());
      sum = sum == null ? part : sum.add(part);
    }
    return sum;
  }

  private static void requireTrainable(SameDiff graph) {
    for (SameDiffOp op : graph.getOps().values()) {
      String type = op.getOp().opName();
      if (NORMS.contains(type)) {
        throw new FoldingException(
            "The graph holds the batch normalization '%s', which has no gradient in ND4J: fold batch normalizations first (BatchNormFolding.fold)."
                .formatted(Op.of(op).label()));
      } else if (LOOPS.contains(type)) {
        throw new FoldingException(
            "The graph has branches or loops ('%s'), whose operators cannot be moved: gate a graph without."
                .formatted(Op.of(op).label()));
      }
    }
  }

  /** The activations that depend on an input, and have no gate yet. */
  private static List<Op> activations(SameDiff graph, GateOptions options) {
    Set<String> gated =
        GateReader.gates(graph).values().stream()
            .map(SameDiffGate::activated)
            .collect(Collectors.toCollection(HashSet::new));
    Set<String> depends = new HashSet<>();
    graph.placeHolders().forEach(input -> depends.add(input.name()));
    List<Op> found = new ArrayList<>();
    for (Op op : OpOrder.of(graph, GraphOutputs.unread(graph))) {
      boolean fed = op.inputs().stream().anyMatch(depends::contains);
      if (fed) {
        depends.addAll(op.outputs());
      }
      if (fed && Activations.contains(op) && !gated.contains(op.output())) {
        SDVariable written = graph.getVariable(op.output());
        if (written.dataType().isFPType() && options.gated().test(op.output())) {
          requireFree(graph, op);
          found.add(op);
        }
      }
    }
    Set<String> names = found.stream().map(Op::output).collect(Collectors.toSet());
    for (String name : options.lines().keySet()) {
      if (!names.contains(name)) {
        throw new FoldingException(
            "There is no activation '%s' that could have a line: the gates are %s."
                .formatted(name, names));
      }
    }
    return found;
  }

  private static void requireFree(SameDiff graph, Op op) {
    SameDiffOp source = graph.getOps().get(op.name());
    boolean tied =
        source != null
            && (!isEmpty(source.getControlDeps())
                || !isEmpty(source.getVarControlDeps())
                || !isEmpty(source.getControlDepFor()));
    if (tied) {
      throw new FoldingException(
          "The activation '%s' is tied by control dependencies: remove them, or leave it out."
              .formatted(op.label()));
    }
  }

  private static boolean isEmpty(@Nullable Collection<String> names) {
    return names == null || names.isEmpty();
  }

  /** The ranks of the activations with a line, whose constants broadcast along one axis. */
  private static Map<String, Integer> ranks(
      SameDiff graph, List<Op> activations, GateOptions options) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    if (!options.lines().isEmpty()) {
      Map<String, long[]> shapes = SameDiffShapes.of(graph, GraphOutputs.unread(graph)).first();
      for (Op op : activations) {
        GateLine line = options.lines().get(op.output());
        long[] shape = shapes.get(op.output());
        if (line != null && shape != null) {
          int axis = line.channelAxis();
          if (axis >= shape.length || shape[axis] != line.slope().length) {
            throw new FoldingException(
                "The line of the gate '%s' has %d channels along axis %d, and what it reads has the shape %s."
                    .formatted(
                        op.output(), line.slope().length, axis, java.util.Arrays.toString(shape)));
          }
          ranks.put(op.output(), shape.length);
        }
      }
    }
    return ranks;
  }

  /** The losses that there are: a penalty alone would be all that is trained. */
  static List<String> losses(SameDiff graph) {
    List<String> losses = new ArrayList<>(graph.getLossVariables());
    if (losses.isEmpty()
        && graph.getTrainingConfig() != null
        && graph.getTrainingConfig().getLossVariables() != null) {
      losses.addAll(graph.getTrainingConfig().getLossVariables());
    }
    if (losses.isEmpty()) {
      throw new FoldingException(
          "The graph does not say which variable is its loss, and the penalty is not to be the only"
              + " one: state it (SameDiff.setLossVariables).");
    }
    return losses;
  }

  private void listen(double rate) {
    graph.getListeners().removeIf(GateTraining.class::isInstance);
    if (!gates.isEmpty()) {
      List<String> alphas = gates.values().stream().map(SameDiffGate::alpha).toList();
      graph.addListeners(new GateTraining(alphas, rate));
    }
  }

  /** The gates, by what they write. */
  public Map<String, SameDiffGate> gates() {
    return Map.copyOf(gates);
  }

  /** The α of all gates of a graph, by what they write; the graph gets no listener. */
  public static Map<String, Double> alphas(SameDiff graph) {
    Map<String, Double> alphas = new LinkedHashMap<>();
    GateReader.gates(graph)
        .forEach(
            (name, gate) ->
                alphas.put(name, graph.getVariable(gate.alpha()).getArr().getDouble(0)));
    return alphas;
  }

  /** Puts all α that are trained to one value. */
  void start(double alpha) {
    gates.forEach(
        (name, gate) -> {
          if (isTrained(name)) {
            graph.getVariable(gate.alpha()).getArr().assign(alpha);
          }
        });
  }

  /** The α of a gate. */
  public double alpha(String name) {
    return graph.getVariable(gate(name).alpha()).getArr().getDouble(0);
  }

  /** The gates whose α is this large: the activations that a network can do without. */
  public Set<String> from(double alpha) {
    return gates.keySet().stream().filter(name -> alpha(name) >= alpha).collect(Collectors.toSet());
  }

  /** Whether training moves an α, or it stays what it is. */
  public boolean isTrained(String name) {
    return graph.getVariable(gate(name).alpha()).getVariableType() == VariableType.VARIABLE;
  }

  private SameDiffGate gate(String name) {
    SameDiffGate gate = gates.get(name);
    if (gate == null) {
      throw new IllegalArgumentException(
          "There is no gate '%s': the gates are %s.".formatted(name, gates.keySet()));
    }
    return gate;
  }
}
