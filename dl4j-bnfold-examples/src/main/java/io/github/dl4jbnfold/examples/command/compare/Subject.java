package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.model.GraphModel;
import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.verify.FoldingException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/**
 * A model that is compared with another one.
 *
 * @param normalizer that its file applies to the one input before the network
 */
record Subject(Path path, NetworkView network, Optional<DataNormalization> normalizer) {

  static Subject of(Path path, LoadedModel model, InputOptions options) {
    for (String output : options.outputs()) {
      if (model instanceof GraphModel && !model.canPreserve(output)) {
        throw CommandFailure.usage(
            "%s: there is no output '%s'. It ends in: %s."
                .formatted(path, output, String.join(", ", model.results())));
      }
    }
    return new Subject(path, model.view(options.outputs(), options.shapes()), Optional.empty());
  }

  /** The same with the normalizer in its file. */
  static Subject normalized(Path path, LoadedModel model, InputOptions options) {
    return new Subject(path, of(path, model, options).network, model.normalizer(path));
  }

  /**
   * Random inputs.
   *
   * @throws CommandFailure if it cannot be told what it takes
   */
  Map<String, INDArray> sample(int examples, long seed) {
    try {
      return network.sample(examples, seed);
    } catch (FoldingException e) {
      throw CommandFailure.refused("%s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** What data is before the normalizer makes these inputs of it. */
  Map<String, INDArray> raw(Map<String, INDArray> inputs) {
    Map<String, INDArray> raw = new LinkedHashMap<>();
    inputs.forEach((name, array) -> raw.put(name, array.dup()));
    normalizer.ifPresent(known -> raw.values().forEach(known::revertFeatures));
    return raw;
  }

  /** These inputs by its own names, in its own types, after its own normalizer. */
  Map<String, INDArray> inputs(Map<String, INDArray> raw, Map<String, INDArray> sample) {
    List<String> names = List.copyOf(raw.keySet());
    if (names.size() != sample.size()) {
      throw CommandFailure.refused(
          "%s: it has the inputs %s, not %s. Name a model with the same inputs."
              .formatted(path, String.join(", ", sample.keySet()), String.join(", ", names)));
    }
    boolean byName = raw.keySet().equals(sample.keySet());
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    sample.forEach(
        (name, like) -> {
          String source = byName ? name : names.get(inputs.size());
          INDArray array = Objects.requireNonNull(raw.get(source)).dup();
          normalizer.ifPresent(known -> known.transform(array));
          inputs.put(name, array.castTo(like.dataType()));
        });
    return inputs;
  }
}
