package io.github.dl4jbnfold.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The classes that the configuration of a network names. DL4J instantiates each of them, so all
 * must be known before it sees the configuration.
 */
final class ClassNames {
  static final String TYPE = "@class";

  /** What names the class of a distribution. */
  private static final String DISTRIBUTION = "type";

  /** One class: parameters of a class in angle brackets would be loaded, too. */
  private static final Pattern PLAIN = Pattern.compile("[\\p{Alnum}_$.]+");

  /** Packages of DL4J, ND4J and this project whose classes configurations name. */
  private static final List<String> KNOWN =
      List.of(
          "org.deeplearning4j.nn.conf.",
          "org.deeplearning4j.nn.weights.",
          "org.deeplearning4j.nn.modelimport.keras.layers.",
          "org.deeplearning4j.nn.modelimport.keras.preprocessors.",
          "org.deeplearning4j.preprocessors.",
          "org.nd4j.linalg.activations.impl.",
          "org.nd4j.linalg.learning.config.",
          "org.nd4j.linalg.learning.regularization.",
          "org.nd4j.linalg.lossfunctions.impl.",
          "org.nd4j.linalg.schedule.",
          "io.github.dl4jbnfold.layers.");

  /** Two values of one key would let a reader see another one than this class. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(1 << 26).build())
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private ClassNames() {}

  /**
   * Demands that each class is known.
   *
   * @param json the configuration
   * @param others classes that are allowed besides
   * @return the configuration as a tree
   * @throws NetworkFileException if one is not, or the configuration is no JSON
   */
  static JsonNode check(String json, Set<String> others) throws NetworkFileException {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new NetworkFileException("its configuration is no valid JSON", e);
    }
    check(tree, others);
    return tree;
  }

  private static void check(JsonNode node, Set<String> others) throws NetworkFileException {
    JsonNode type = node.get(TYPE);
    if (type != null) {
      demandKnown(type.asText(), others);
    }
    String distribution = node.path(DISTRIBUTION).asText();
    if (distribution.contains(".")) {
      demandKnown(distribution, others);
    }
    for (JsonNode child : node) {
      check(child, others);
    }
  }

  private static void demandKnown(String name, Set<String> others) throws NetworkFileException {
    boolean known = PLAIN.matcher(name).matches() && KNOWN.stream().anyMatch(name::startsWith);
    if (!known && !others.contains(name)) {
      throw new NetworkFileException(
          "its configuration names the class '%s', which is none of Deeplearning4j's"
              .formatted(name));
    }
  }
}
