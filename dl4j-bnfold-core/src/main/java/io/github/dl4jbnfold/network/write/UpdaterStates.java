package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The state of updaters. A parameter that is multiplied by f has gradients divided by f: averages
 * of gradients are divided by |f| or f, averages of their squares by f², and AdaDelta's average of
 * squared steps is multiplied by f². What is new starts at 0.
 */
final class UpdaterStates {
  /** By which power of the factor each slot of an updater is divided, in the order of the slots. */
  private static final Map<Class<? extends IUpdater>, List<Integer>> POWERS =
      Map.of(
          Adam.class, List.of(1, 2),
          AMSGrad.class, List.of(1, 2, 2),
          Nadam.class, List.of(1, 2),
          AdaMax.class, List.of(1, 1),
          AdaBelief.class, List.of(1, 2),
          AdaDelta.class, List.of(2, -2),
          AdaGrad.class, List.of(2),
          RmsProp.class, List.of(2),
          Nesterovs.class, List.of(1));

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
    after.getStateViewArray().assign(0);
    Map<String, Map<String, Slots>> from = slots(old, before);
    slots(built, after)
        .forEach(
            (step, parameters) ->
                parameters.forEach(
                    (key, slots) -> {
                      Slots source = from.getOrDefault(step, Map.of()).get(key);
                      NewParameter change = changes.getOrDefault(step, Map.of()).get(key);
                      if (source != null && source.updater.equals(slots.updater)) {
                        copy(source, slots, change);
                      }
                    }));
  }

  private static void copy(Slots source, Slots target, @Nullable NewParameter change) {
    boolean resized = !Arrays.equals(source.parameter.shape(), target.parameter.shape());
    List<Integer> powers = POWERS.get(source.updater);
    if (resized || powers == null || (change != null && change.factor() == null)) {
      return;
    }
    for (int slot = 0; slot < target.views.size(); slot++) {
      INDArray state = logical(source.views.get(slot), source.parameter);
      if (change != null && change.factor() != null) {
        INDArray factor = change.factor().reshape('c', target.parameter.shape());
        state = divided(state, factor, powers.get(slot), source.updater == AdaMax.class);
      }
      INDArray view = target.views.get(slot);
      INDArray flat = state.dup(target.parameter.ordering());
      view.assign(
          flat.reshape(target.parameter.ordering(), new long[] {view.length()})
              .castTo(view.dataType()));
    }
  }

  /** The state in the shape of the parameter, in float64. */
  private static INDArray logical(INDArray view, INDArray parameter) {
    return view.castTo(DataType.DOUBLE).reshape(parameter.ordering(), parameter.shape());
  }

  private static INDArray divided(INDArray state, INDArray factor, int power, boolean absolute) {
    INDArray by = factor.dup();
    if (Math.abs(power) == 2) {
      by = by.mul(factor);
    } else if (absolute) {
      by = Transforms.abs(by);
    }
    if (power < 0) {
      return state.mul(by);
    }
    // A weight that was multiplied by 0 has lost its past.
    INDArray alive = by.neq(0).castTo(DataType.DOUBLE);
    INDArray safe = by.add(alive.rsub(1));
    return state.mul(alive).div(safe);
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
