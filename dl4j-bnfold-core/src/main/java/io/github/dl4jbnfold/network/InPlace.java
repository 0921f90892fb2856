package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.verify.FoldingException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes a network object another network: it is initialized once more, with the other one's
 * configuration and parameters. Deeplearning4j refuses that to an object that has been initialized,
 * and its configuration cannot be set, so these few fields are set by reflection, and put back if
 * anything fails.
 */
public final class InPlace {
  private InPlace() {}

  /**
   * A graph becomes another one, which must not be used afterwards: both have the same parameters.
   *
   * @throws FoldingException if that is impossible; the graph is as it was
   */
  public static void become(ComputationGraph graph, ComputationGraph other) {
    Fields fields = Fields.of(ComputationGraph.class, graph);
    fields.change(
        () -> {
          Map<String, Map<String, INDArray>> sequences = SequenceStates.of(graph);
          fields.set("configuration", other.getConfiguration());
          fields.set("defaultConfiguration", other.getConfiguration().getDefaultConfiguration());
          fields.set("graphIndices", null);
          fields.set("outputLayerIdxs", null);
          fields.set("solver", null);
          fields.set("flattenedGradients", null);
          fields.set("gradient", null);
          fields.set("initCalled", false);
          List<TrainingListener> listeners = new ArrayList<>(graph.getListeners());
          graph.init(other.params(), false);
          graph.setListeners(listeners);
          SequenceStates.set(graph, sequences);
          carryOver(other.getUpdater(false), () -> graph.getUpdater(true));
        });
  }

  /** As {@link #become(ComputationGraph, ComputationGraph)}. */
  public static void become(MultiLayerNetwork network, MultiLayerNetwork other) {
    Fields fields = Fields.of(MultiLayerNetwork.class, network);
    fields.change(
        () -> {
          List<Map<String, INDArray>> sequences = SequenceStates.of(network);
          fields.set("layerWiseConfigurations", other.getLayerWiseConfigurations());
          fields.set("defaultConfiguration", other.getDefaultConfiguration());
          fields.set("layers", null);
          fields.set("layerMap", new LinkedHashMap<>());
          fields.set("solver", null);
          fields.set("flattenedGradients", null);
          fields.set("gradient", null);
          fields.set("initCalled", false);
          List<TrainingListener> listeners = new ArrayList<>(network.getListeners());
          network.init(other.params(), false);
          network.setListeners(listeners);
          SequenceStates.set(network, sequences);
          carryOver(
              (BaseMultiLayerUpdater<?>) other.getUpdater(false),
              () -> (BaseMultiLayerUpdater<?>) network.getUpdater(true));
        });
  }

  private static void carryOver(
      @Nullable BaseMultiLayerUpdater<?> from, Supplier<BaseMultiLayerUpdater<?>> to) {
    if (from != null && from.getStateViewArray() != null) {
      to.get().getStateViewArray().assign(from.getStateViewArray());
    }
  }

  /** All fields of a network that can be changed, and what they were. */
  private record Fields(Object network, Map<String, Field> fields, Map<Field, Object> before) {
    static Fields of(Class<?> type, Object network) {
      Map<String, Field> fields = new LinkedHashMap<>();
      Map<Field, Object> before = new LinkedHashMap<>();
      try {
        for (Field field : type.getDeclaredFields()) {
          int modifiers = field.getModifiers();
          if (!Modifier.isStatic(modifiers) && !Modifier.isFinal(modifiers)) {
            field.setAccessible(true);
            fields.put(field.getName(), field);
            before.put(field, field.get(network));
          }
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw failure(e);
      }
      return new Fields(network, fields, before);
    }

    void set(String name, @Nullable Object value) {
      try {
        Objects.requireNonNull(fields.get(name), name).set(network, value);
      } catch (IllegalAccessException e) {
        throw failure(e);
      }
    }

    void change(Runnable change) {
      boolean done = false;
      try {
        change.run();
        done = true;
      } catch (RuntimeException e) {
        throw failure(e);
      } finally {
        if (!done) {
          putBack();
        }
      }
    }

    private void putBack() {
      before.forEach(
          (field, value) -> {
            try {
              field.set(network, value);
            } catch (IllegalAccessException e) {
              throw failure(e);
            }
          });
    }

    private static FoldingException failure(Exception cause) {
      return new FoldingException(
          "A network object of this version of Deeplearning4j cannot become another one (%s): use"
                  .formatted(cause)
              + " foldCopy, which makes a new one.",
          cause);
    }
  }
}
