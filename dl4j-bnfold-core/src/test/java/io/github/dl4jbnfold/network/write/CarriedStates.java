package io.github.dl4jbnfold.network.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.Training;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * What updaters remember before and after a fold. Of a parameter that was multiplied by f, averages
 * of gradients are divided by f, of their squares by f², and AdaDelta's average of squared steps is
 * multiplied by f².
 */
final class CarriedStates {
  /** By which power of f what an updater calls by a name is divided. */
  private static final Map<String, Integer> POWERS =
      Map.of("M", 1, "V", 2, "V_HAT", 2, "msg", 2, "msdx", -2, "grad", 2, "G", 2);

  private CarriedStates() {}

  static double carried(IUpdater updater, String slot, double state, double factor) {
    int power = POWERS.get(slot);
    if (updater instanceof Nesterovs) {
      power = 1; // Its V is a momentum.
    }
    if (updater instanceof AdaMax && slot.equals("V")) {
      return state / Math.abs(factor); // The largest magnitude of a gradient.
    }
    return power < 0 ? state * factor * factor : state / Math.pow(factor, power);
  }

  /** The layers of a folded network, in their order; layers of lists are known by numbers. */
  static String parameter(Model network, String layer, String key) {
    if (network instanceof MultiLayerNetwork list) {
      List<String> names = list.getLayerNames();
      return names.indexOf(layer) + "_" + key;
    }
    return layer + "_" + key;
  }

  /** W̃/W for each element. */
  static double[] factors(NetworkFold fold, String layer, String key) {
    double[] before = values(fold.before(), layer, key);
    double[] after = values(fold.after(), layer, key);
    double[] factors = new double[before.length];
    Arrays.setAll(factors, i -> after[i] / before[i]);
    return factors;
  }

  private static double[] values(Model network, String layer, String key) {
    return Training.numbers(Training.parameters(network).get(parameter(network, layer, key)));
  }

  static double[] state(Model network, String layer, String key, String slot) {
    return Training.numbers(Training.memory(network, parameter(network, layer, key), slot));
  }

  static List<String> slots(Model network, String layer, String key) {
    String prefix = parameter(network, layer, key) + "/";
    return Training.memory(network).keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  static void checkCarried(
      NetworkFold fold, IUpdater updater, String layer, String key, double[] factors) {
    List<String> slots = slots(fold.after(), layer, key);
    assertThat(slots).isNotEmpty().isEqualTo(slots(fold.before(), layer, key));
    for (String slot : slots) {
      double[] before = state(fold.before(), layer, key, slot);
      double[] expected = new double[before.length];
      Arrays.setAll(expected, i -> carried(updater, slot, before[i], factors[i]));
      double[] actual = state(fold.after(), layer, key, slot);
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i]))
            .as("%s of %s %s at %d: %s", slot, layer, key, i, actual[i])
            .isLessThanOrEqualTo(1e-9 * Math.abs(expected[i]));
      }
    }
  }

  /** One factor for each output, read off a weight of it. */
  static double[] outputs(double[] factors, int count, int stride, int block) {
    double[] outputs = new double[count];
    Arrays.setAll(outputs, o -> factors[o * stride % block]);
    return outputs;
  }
}
