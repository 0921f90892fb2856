package io.github.dl4jbnfold.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.activations.Activation;

/**
 * What DL4J's reader of old configurations leaves out or misreads, said in a way that it
 * understands.
 */
final class OldConfiguration {
  /** Names of activations before 1.0.0-beta that differ from those of their classes today. */
  private static final Map<String, String> NAMES = Map.of("HardTanH", "HardTanh", "Swish", "SWISH");

  private OldConfiguration() {}

  /**
   * Changes a configuration where it has the form of an older version.
   *
   * @return whether it has
   */
  static boolean amend(JsonNode tree) {
    boolean amended = false;
    for (Map.Entry<String, JsonNode> child : tree.properties()) {
      if (child.getValue() instanceof ObjectNode layer) {
        amended |= amendNorm(child.getKey(), layer);
        amended |= amendActivation(child.getKey(), layer);
        amended |= amendDropout(layer);
      }
    }
    for (JsonNode child : tree) {
      amended |= amend(child);
    }
    return amended;
  }

  /** Until 1.0.0-beta3 all stored variances; DL4J overlooks those inside of other layers. */
  private static boolean amendNorm(String key, ObjectNode layer) {
    boolean norm =
        key.equals("batchNormalization")
            || layer.path(ClassNames.TYPE).asText().equals(BatchNormalization.class.getName());
    if (!norm || layer.has("useLogStd")) {
      return false;
    }
    layer.put("useLogStd", false);
    return true;
  }

  /** Until 0.7.1 activations were names; DL4J overlooks those of layers without parameters. */
  private static boolean amendActivation(String key, ObjectNode layer) {
    JsonNode name = layer.get("activationFunction");
    if (!key.equals("activation") || name == null || layer.has("activationFn")) {
      return false;
    }
    Class<?> type = Activation.fromString(name.asText()).getActivationFunction().getClass();
    String today = type.getSimpleName().substring("Activation".length());
    layer.putObject("activationFn").putObject(NAMES.getOrDefault(today, today));
    return true;
  }

  /** Until 0.8 no dropout was a dropout of 0, which DL4J's graphs refuse. */
  private static boolean amendDropout(ObjectNode layer) {
    JsonNode dropout = layer.get("dropOut");
    if (dropout == null || !dropout.isNumber() || dropout.asDouble() != 0) {
      return false;
    }
    layer.remove("dropOut");
    return true;
  }
}
