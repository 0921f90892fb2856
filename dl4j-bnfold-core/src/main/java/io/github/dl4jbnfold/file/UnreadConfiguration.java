package io.github.dl4jbnfold.file;

import java.io.IOException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.nd4j.shade.jackson.databind.exc.InvalidTypeIdException;

/** Why DL4J cannot make a network of a configuration, and where possible what to do. */
final class UnreadConfiguration {
  private UnreadConfiguration() {}

  static NetworkFileException because(RuntimeException failure, String json, boolean graph) {
    if (!(failure.getCause() instanceof InvalidTypeIdException type)) {
      String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
      String first = message.lines().findFirst().orElse("").strip();
      return new NetworkFileException(
          "Deeplearning4j cannot make a network of it (%s)".formatted(first), failure);
    }
    if (type.getTypeId() != null) {
      return new NetworkFileException(
          "its configuration names the class '%s', which Deeplearning4j 1.0.0-M2.1 cannot use there: load it with the version that wrote it, and save it without"
              .formatted(type.getTypeId()),
          failure);
    }
    return new NetworkFileException(
        "it has a layer, vertex or preprocessor in a form before 1.0.0-beta that Deeplearning4j 1.0.0-M2.1 does not know (%s): load it with 1.0.0-beta4, where its class can be registered, and save it again"
            .formatted(oldName(json, graph)),
        failure);
  }

  /** DL4J tells the name only to those who ask its reader of the old form. */
  private static String oldName(String json, boolean graph) {
    Class<?> type = graph ? ComputationGraphConfiguration.class : MultiLayerConfiguration.class;
    try {
      JsonMappers.getLegacyMapper().readValue(json, type);
      return "unnamed";
    } catch (InvalidTypeIdException e) {
      return "'%s'".formatted(e.getTypeId());
    } catch (IOException | RuntimeException e) {
      return "unnamed";
    }
  }
}
