package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Carries the state of updaters over to a folded network, as {@link StateSlot} says. What is new,
 * or was multiplied by 0, starts as Deeplearning4j lets it start.
 */
final class UpdaterStates {
  /** The slots of one parameter: flat views in the order of its memory. */
  private record Slots(Class<?> updater, INDArray parameter, List<INDArray> views) {}

  private UpdaterStates() {}

  /** Carries the state of a network over to the one that it has become. */
  static void carryOver(
      SourceNetwork old, SourceNetwork built, Map<String, Map<String, NewParameter>> changes) {
    BaseMultiLayerUpdater<?> before = old.updater(false);
    if (before == null || before.getStateViewArray() == null) {
      return;
    }
    BaseMultiLayerUpdater<?> after = built.updater(true);
    if (after == null || after.getStateViewArray() == null) {
      return;
    }
    Map<String, Map<String, Slots>> from = slots(old, before);
    slots(built, after)
        .forEach(
            (step, parameters) ->
                parameters.forEach(
                    (key, slots) -> {
                      Slots source = from.getOrDefault(step, Map.of()).get(key);
                      if (source != null && source.updater.equals(slots.updater)) {
                        copy(source, slots, changes.getOrDefault(step, Map.of()).get(key));
                      }
                    }));
  }

  private static void copy(Slots source, Slots target, @Nullable NewParameter change) {
    if (change == null) {
      for (int slot = 0; slot < target.views.size(); slot++) {
        target.views.get(slot).assign(source.views.get(slot));
      }
      return;
    }
    List<StateSlot> rules = StateSlot.of(source.updater);
    Supplier<INDArray> factors = change.factor();
    if (factors == null || rules.size() != target.views.size()) {
      return;
    }
    INDArray factor = factors.get();
    boolean grown = factor.length() != target.parameter.length();
    boolean anew = grown || factor.eq(0).any();
    long[] shape = grown ? shape(change.value()) : factor.shape();
    for (int slot = 0; slot < rules.size(); slot++) {
      INDArray state = logical(source.views.get(slot), source.parameter, factor.shape());
      if (anew) {
        INDArray all = logical(target.views.get(slot), target.parameter, shape);
        INDArray start = all.get(corner(factor.shape()));
        start.assign(rules.get(slot).carried(state, factor, start));
        write(all, target, slot);
        all.close();
      } else {
        write(rules.get(slot).carried(state, factor), target, slot);
      }
      state.close();
    }
    factor.close();
  }

  private static INDArrayIndex[] corner(long[] shape) {
    return Arrays.stream(shape)
        .mapToObj(size -> NDArrayIndex.interval(0, size))
        .toArray(INDArrayIndex[]::new);
  }

  private static long[] shape(Supplier<INDArray> value) {
    INDArray array = value.get();
    long[] shape = array.shape();
    array.close();
    return shape;
  }

  /** A copy of a state in float64, in a shape whose row-major order is the parameter's. */
  private static INDArray logical(INDArray view, INDArray parameter, long[] shape) {
    INDArray wide = Nd4j.createUninitialized(DataType.DOUBLE, shape, 'c');
    wide.reshape('c', parameter.shape()).assign(like(parameter, view));
    return wide;
  }

  private static void write(INDArray state, Slots target, int slot) {
    INDArray parameter = target.parameter;
    like(parameter, target.views.get(slot)).assign(state.reshape('c', parameter.shape()));
  }

  /** A view in the shape of the parameter. */
  private static INDArray like(INDArray parameter, INDArray flat) {
    return flat.reshape(parameter.ordering(), parameter.shape());
  }

  private static Map<String, Map<String, Slots>> slots(
      SourceNetwork network, BaseMultiLayerUpdater<?> updater) {
    Map<String, Map<String, Slots>> all = new HashMap<>();
    INDArray state = updater.getStateViewArray().reshape(updater.getStateViewArray().length());
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      long length = (long) block.getParamOffsetEnd() - block.getParamOffsetStart();
      long size = (long) block.getUpdaterViewOffsetEnd() - block.getUpdaterViewOffsetStart();
      if (size == 0) {
        continue;
      }
      for (UpdaterBlock.ParamState part : block.getLayersAndVariablesInBlock()) {
        INDArray parameter =
            Objects.requireNonNull(part.getLayer().paramTable(false).get(part.getParamName()));
        // Where the memory of a parameter lies in its block; the block's own note may be wrong.
        long at =
            parameter.offset() - network.model().params().offset() - block.getParamOffsetStart();
        if (at < 0 || at + parameter.length() > length) {
          continue;
        }
        List<INDArray> views = new ArrayList<>();
        for (long slot = 0; slot < size / length; slot++) {
          long start = block.getUpdaterViewOffsetStart() + slot * length + at;
          views.add(state.get(NDArrayIndex.interval(start, start + parameter.length())));
        }
        Class<?> type =
            part.getLayer().getConfig().getUpdaterByParam(part.getParamName()).getClass();
        all.computeIfAbsent(network.nameOf(part.getLayer()), s -> new HashMap<>())
            .put(part.getParamName(), new Slots(type, parameter, views));
      }
    }
    return all;
  }
}
