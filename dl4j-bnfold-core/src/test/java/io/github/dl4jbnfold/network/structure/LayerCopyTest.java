package io.github.dl4jbnfold.network.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** A copy of a layer is equal to it, and changes of the one are none of the other. */
class LayerCopyTest {
  private static BaseLayer inside() {
    return new LSTM.Builder()
        .nIn(3)
        .nOut(4)
        .updater(new Adam(0.1))
        .biasUpdater(new Adam(0.2))
        .build();
  }

  private static Stream<Layer> layers() {
    return Stream.of(
        inside(),
        new FrozenLayer(inside()),
        new FrozenLayerWithBackprop(inside()),
        new TimeDistributed(inside()),
        new LastTimeStep(inside()),
        new MaskZeroLayer(inside(), 0),
        new Bidirectional(inside()),
        new FrozenLayer(new Bidirectional(new LastTimeStep(inside()))),
        new FrozenLayer(new TimeDistributed(inside())));
  }

  private static List<BaseLayer> inside(Layer layer) {
    if (layer instanceof BaseWrapperLayer wrapper) {
      return inside(wrapper.getUnderlying());
    }
    if (layer instanceof FrozenLayer frozen) {
      return inside(frozen.getLayer());
    }
    if (layer instanceof Bidirectional both) {
      return Stream.of(both.getFwd(), both.getBwd()).flatMap(l -> inside(l).stream()).toList();
    }
    return List.of((BaseLayer) layer);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void nothing_is_shared(Layer layer) {
    Layer copy = LayerCopy.of(layer);

    assertThat(copy).isEqualTo(layer).isNotSameAs(layer);
    for (BaseLayer changed : inside(copy)) {
      changed.getIUpdater().setLrAndSchedule(9, null);
      changed.getBiasUpdater().setLrAndSchedule(9, null);
      changed.setBiasInit(9);
    }
    for (BaseLayer kept : inside(layer)) {
      assertThat(kept.getIUpdater()).isEqualTo(new Adam(0.1));
      assertThat(kept.getBiasUpdater()).isEqualTo(new Adam(0.2));
      assertThat(kept.getBiasInit()).isNotEqualTo(9);
    }
  }

  @Test
  void a_schedule_that_deeplearning4j_loses_is_kept() {
    IUpdater updater = new AdaGrad(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2));
    assertThat(updater.clone()).as("of Deeplearning4j itself").isNotEqualTo(updater);

    BaseLayer copy =
        (BaseLayer) LayerCopy.of(new DenseLayer.Builder().nOut(2).updater(updater).build());

    assertThat(copy.getIUpdater()).isEqualTo(updater).isNotSameAs(updater);
  }
}
