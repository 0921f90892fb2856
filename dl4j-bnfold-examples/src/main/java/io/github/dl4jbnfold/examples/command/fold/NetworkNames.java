package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.model.InputShape;
import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the names that a user gave in one network, and says which names there are. */
final class NetworkNames {
  private static final int MOST_NAMES = 20;

  private final Path model;
  private final LoadedModel network;

  NetworkNames(Path model, LoadedModel network) {
    this.model = model;
    this.network = network;
  }

  /**
   * The options for the library.
   *
   * @throws CommandFailure if an output or an input is not one of the network's, or there is no
   *     normalizer to fold
   */
  FoldingOptions resolve(NetworkOptions given) {
    for (String name : given.outputs()) {
      if (!network.canPreserve(name)) {
        throw CommandFailure.usage(
            "%s: there is no variable '%s' to preserve. Maybe you mean one of its results: %s."
                .formatted(model, name, list(network.results())));
      }
    }
    List<String> placeholders = network.inputs();
    FoldingOptions options = FoldingOptions.defaults().outputs(given.outputs());
    for (InputShape shape : given.shapes()) {
      if (!placeholders.contains(shape.placeholder())) {
        throw CommandFailure.usage(
            "%s: there is no input '%s'. Its inputs are: %s."
                .formatted(model, shape.placeholder(), list(placeholders)));
      }
      options = options.inputShape(shape.placeholder(), shape.shape());
    }
    FoldingOptions all = given.foldsNormalizer() ? network.withNormalizer(options, model) : options;
    return all.objective(given.objective())
        .portable(!given.ownLayers())
        .keep(given.keep().toArray(String[]::new));
  }

  /**
   * Demands that each name given to be kept is that of a batch normalization that was kept.
   *
   * @param report of the plan or the fold of the network
   * @throws CommandFailure if one is not
   */
  void checkKept(NetworkOptions given, FoldReport report) {
    Set<String> known = new LinkedHashSet<>();
    for (KeptNorm norm : report.kept()) {
      known.add(norm.name());
      known.addAll(network.otherNames(norm.name()));
    }
    for (String name : given.keep()) {
      if (!known.contains(name)) {
        Set<String> all = new LinkedHashSet<>(report.removed());
        all.addAll(report.reduced());
        report.kept().forEach(norm -> all.add(norm.name()));
        throw CommandFailure.usage(
            "%s: there is no batch normalization '%s' to keep. It has: %s."
                .formatted(model, name, list(all)));
      }
    }
  }

  private static String list(Collection<String> names) {
    if (names.isEmpty()) {
      return "none";
    }
    String shown = String.join(", ", names.stream().limit(MOST_NAMES).toList());
    int left = names.size() - MOST_NAMES;
    return left > 0 ? "%s and %d more".formatted(shown, left) : shown;
  }
}
