package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.model.GraphModel;
import io.github.dl4jbnfold.examples.command.model.InputShape;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.page.LinearizePage;
import io.github.dl4jbnfold.examples.view.GraphView;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import io.github.dl4jbnfold.linearize.train.Fingerprint;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.linearize.train.Validation;
import io.github.dl4jbnfold.report.FoldReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff graph. Its batch normalizations are folded first, because ND4J 1.0.0-M2.1 has no
 * gradient for them. What is trained is a copy of it that has a loss, see {@link
 * LinearizeTraining}.
 */
final class LinearizeGraph implements LinearizeModel<SameDiff> {
  private final Path path;
  private final LinearizeOptions options;
  private final SameDiff graph;
  private final String fingerprint;

  /** Made when it is first needed: what might merge can be told without. */
  private @Nullable LinearizeTraining training;

  private LinearizeGraph(Path path, LinearizeOptions options, SameDiff graph, String fingerprint) {
    this.path = path;
    this.options = options;
    this.graph = graph;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads a graph and folds its batch normalizations.
   *
   * @throws CommandFailure if it cannot be read, has no such variables, or a batch normalization
   *     stays
   */
  static LinearizeGraph read(Path path, LinearizeOptions options) {
    if (options.endPoint() != LinearizeOptions.Line.IDENTITY) {
      throw CommandFailure.usage(
          "%s: --end-point %s is for networks of layers. For a SameDiff graph leave it out."
              .formatted(path, options.endPoint()));
    }
    GraphModel read = (GraphModel) ModelFile.read(path);
    String fingerprint = Fingerprint.of("", List.of(Nd4j.createFromArray(read.bytes())));
    checkNames(path, read, options);
    declare(read.graph(), options.shapes());
    FoldReport folded = read.fold(FoldingOptions.defaults().outputs(options.outputs()));
    if (!folded.kept().isEmpty()) {
      FoldReport.KeptNorm norm = folded.kept().get(0);
      throw CommandFailure.refused(
          "%s: ND4J cannot train a graph with a batch normalization, and '%s' stays: %s %s"
              .formatted(path, norm.name(), norm.detail(), norm.remedy()));
    }
    return new LinearizeGraph(path, options, read.graph(), fingerprint);
  }

  private static void checkNames(Path path, GraphModel read, LinearizeOptions options) {
    for (String name : options.outputs()) {
      if (!read.canPreserve(name)) {
        throw CommandFailure.usage(
            "%s: there is no variable '%s' to compare labels with or to preserve. Maybe you mean one of its results: %s."
                .formatted(path, name, String.join(", ", read.results())));
      }
    }
    for (InputShape shape : options.shapes()) {
      if (!read.inputs().contains(shape.placeholder())) {
        throw CommandFailure.usage(
            "%s: there is no input '%s'. Its inputs are: %s."
                .formatted(path, shape.placeholder(), String.join(", ", read.inputs())));
      }
      long[] declared = read.graph().getVariable(shape.placeholder()).placeholderShape();
      if (declared != null && !fits(declared, shape.shape())) {
        throw CommandFailure.usage(
            "%s: the input '%s' declares the shape %s, not %s. Leave out --shape, or state what fits."
                .formatted(
                    path,
                    shape.placeholder(),
                    Arrays.toString(declared),
                    Arrays.toString(shape.shape())));
      }
    }
  }

  /** Whether a shape is a declared one but for sizes that are open, and for the batch. */
  private static boolean fits(long[] declared, long... stated) {
    boolean fits = declared.length == 0 || declared.length == stated.length;
    for (int axis = 1; fits && axis < declared.length; axis++) {
      fits = declared[axis] < 0 || declared[axis] == stated[axis];
    }
    return fits;
  }

  /** What merges at stated sizes computes the same at these only, so the graph declares them. */
  private static void declare(SameDiff graph, List<InputShape> shapes) {
    for (InputShape stated : shapes) {
      long[] shape = stated.shape().clone();
      shape[0] = -1;
      graph.getVariable(stated.placeholder()).setShape(shape);
    }
  }

  private LinearizeTraining training() {
    LinearizeTraining known = training;
    if (known == null) {
      known = LinearizeTraining.of(path, graph, options.outputs());
      training = known;
    }
    return known;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public Shapes shapes() {
    return training().shapes();
  }

  /** The file of a graph holds none. */
  @Override
  public Optional<DataNormalization> normalizer() {
    return Optional.empty();
  }

  @Override
  public Costs times(int examples) {
    boolean wide =
        graph.placeHolders().stream().map(SDVariable::dataType).anyMatch(DataType.DOUBLE::equals);
    return new LinearizeTimes(wide ? DataType.DOUBLE : DataType.FLOAT, examples);
  }

  @Override
  public LayerFoldingTrainer.Builder<SameDiff> trainer(
      FoldingSettings settings, Consumer<LayerFoldingReport> reports) {
    return LayerFolding.trainer(training().graph(), trained(settings), reports);
  }

  private GraphFoldingOptions trained(FoldingSettings settings) {
    LinearizeTraining own = training();
    return settings
        .ofGraph()
        .outputs(own.outputs().toArray(String[]::new))
        .gates(gates -> gates.where(own.gated()::contains));
  }

  @Override
  public List<Candidate> candidates(FoldingSettings settings) {
    Set<String> gated =
        LinearizeTraining.gated(graph, LinearizeTraining.results(graph, options.outputs()));
    return LayerFolding.candidates(
        graph,
        settings
            .ofGraph()
            .outputs(options.outputs().toArray(String[]::new))
            .gates(gates -> gates.where(gated::contains)));
  }

  @Override
  public Frontier frontier(
      ToDoubleFunction<SameDiff> error,
      FoldingSettings settings,
      FrontierSearch.Progress progress) {
    return LayerFolding.frontier(training().graph(), error, trained(settings), progress);
  }

  @Override
  public double score(Validation validation, SameDiff other) {
    return validation.of(GraphTrainee.of(other, training().outputs()));
  }

  @Override
  public List<Drawing> drawings(SameDiff other) {
    Set<String> results = LinearizeTraining.results(graph, options.outputs());
    return LinearizePage.drawings(
        new GraphView(graph, results, Map.of()), new GraphView(other, results, Map.of()));
  }

  /** Without what was added to train it. */
  @Override
  public byte[] bytes(SameDiff other) {
    return new GraphModel(training().without(other), false).bytes();
  }
}
