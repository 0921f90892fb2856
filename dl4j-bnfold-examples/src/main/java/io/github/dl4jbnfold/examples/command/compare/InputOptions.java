package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.command.model.InputShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What models are run on, and what is looked at. */
final class InputOptions {
  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "An output of a SameDiff graph; repeatable. Default: what no operator reads. Networks of"
              + " layers tell their own.")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--shape",
      paramLabel = "NAME=SIZES",
      converter = InputShape.Converter.class,
      description =
          "The shape of an input that a model does not declare, batch size included, such as"
              + " image=2,3,224,224; repeatable.")
  private List<InputShape> shapes = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "20260101",
      description = "Which random inputs to take. Default: ${DEFAULT-VALUE}.")
  private long seed;

  List<String> outputs() {
    return outputs;
  }

  Map<String, long[]> shapes() {
    Map<String, long[]> all = new HashMap<>();
    shapes.forEach(shape -> all.put(shape.placeholder(), shape.shape()));
    return all;
  }

  long seed() {
    return seed;
  }
}
