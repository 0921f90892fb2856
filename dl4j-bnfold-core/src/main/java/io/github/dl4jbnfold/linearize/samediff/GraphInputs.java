package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.train.DataException;
import io.github.dl4jbnfold.linearize.train.TrainingException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Which placeholders of a graph the arrays of a batch are for, as its training configuration says.
 */
final class GraphInputs {
  private final SameDiff graph;
  private final TrainingConfig config;

  /**
   * The inputs of a graph.
   *
   * @throws TrainingException if it does not say which they are
   */
  GraphInputs(SameDiff graph) {
    this.graph = graph;
    config = graph.getTrainingConfig();
    if (config == null || config.getDataSetFeatureMapping() == null) {
      throw new TrainingException(
          "The graph does not say which placeholders are features and labels: state it"
              + " (SameDiff.setTrainingConfig).");
    }
    features().forEach(this::requirePlaceholder);
    labels().forEach(this::requirePlaceholder);
  }

  private void requirePlaceholder(String name) {
    if (!graph.hasVariable(name) || !graph.getVariable(name).isPlaceHolder()) {
      throw new TrainingException(
          "The training configuration names '%s', which is no placeholder of the graph: these are %s."
              .formatted(
                  name, graph.placeHolders().stream().map(SDVariable::name).sorted().toList()));
    }
  }

  TrainingConfig config() {
    return config;
  }

  /** The placeholders of labels. */
  List<String> labels() {
    return names(config.getDataSetLabelMapping());
  }

  /** The placeholders of features. */
  List<String> features() {
    return config.getDataSetFeatureMapping();
  }

  private static List<String> names(@Nullable List<String> names) {
    return names == null ? List.of() : names;
  }

  /**
   * The arrays by the names of their placeholders.
   *
   * @throws DataException if their number or shapes are others than the graph declares
   */
  Map<String, INDArray> of(List<INDArray> features, @Nullable List<@Nullable INDArray> masks) {
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    put(inputs, "features", features(), features);
    putMasks(inputs, names(config.getDataSetFeatureMaskMapping()), masks);
    return inputs;
  }

  /**
   * The arrays of a batch by the names of their placeholders.
   *
   * @throws DataException if their number or shapes are others than the graph declares
   */
  Map<String, INDArray> of(MultiDataSet batch) {
    Map<String, INDArray> inputs =
        of(Arrays.asList(batch.getFeatures()), list(batch.getFeaturesMaskArrays()));
    put(inputs, "labels", labels(), Arrays.asList(batch.getLabels()));
    putMasks(inputs, names(config.getDataSetLabelMaskMapping()), list(batch.getLabelsMaskArrays()));
    return inputs;
  }

  private static @Nullable List<@Nullable INDArray> list(INDArray @Nullable [] masks) {
    return masks == null ? null : Arrays.asList(masks);
  }

  private void put(
      Map<String, INDArray> inputs, String what, List<String> names, List<INDArray> arrays) {
    if (names.size() != arrays.size()) {
      throw new DataException(
          "A batch has %d arrays of %s, but the graph takes %d: %s."
              .formatted(arrays.size(), what, names.size(), names));
    }
    for (int i = 0; i < arrays.size(); i++) {
      String name = names.get(i);
      long[] declared = graph.getVariable(name).placeholderShape();
      long[] shape = arrays.get(i).shape();
      if (!fits(declared, shape)) {
        throw new DataException(
            "The placeholder '%s' takes arrays of the shape %s, not %s."
                .formatted(name, Arrays.toString(declared), Arrays.toString(shape)));
      }
      inputs.put(name, typed(name, arrays.get(i)));
    }
  }

  /**
   * An array of the type that a placeholder declares. ND4J 1.0.0-M2.1 would make one too, and then
   * let another operator write into the one that it was given, or close it.
   */
  private INDArray typed(String placeholder, INDArray array) {
    DataType type = graph.getVariable(placeholder).dataType();
    return type == DataType.UNKNOWN ? array : array.castTo(type);
  }

  private static boolean fits(long @Nullable [] declared, long[] shape) {
    if (declared == null || declared.length == 0) {
      return true; // None is declared.
    }
    boolean fits = declared.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = declared[i] < 0 || declared[i] == shape[i];
    }
    return fits;
  }

  private void putMasks(
      Map<String, INDArray> inputs, List<String> names, @Nullable List<@Nullable INDArray> masks) {
    for (int i = 0; masks != null && i < Math.min(names.size(), masks.size()); i++) {
      INDArray mask = masks.get(i);
      if (mask != null && names.get(i) != null) {
        inputs.put(names.get(i), typed(names.get(i), mask));
      }
    }
  }
}
