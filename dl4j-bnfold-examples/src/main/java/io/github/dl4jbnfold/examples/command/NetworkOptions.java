package io.github.dl4jbnfold.examples.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * What is to be preserved and kept: the options that folding and inspecting share. {@link
 * NetworkNames} gives them their meaning; this class names none of ND4J's, which would have to be
 * loaded before the arguments are parsed.
 */
final class NetworkOptions {
  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "A variable whose value and name to preserve; repeatable. Default: what no operator"
              + " reads. Operators that no output needs are removed.")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--keep",
      paramLabel = "NAME",
      description = "A batch normalization that must stay; repeatable.")
  private List<String> keep = new ArrayList<>();

  @Option(
      names = "--shape",
      paramLabel = "NAME=SIZES",
      converter = InputShape.Converter.class,
      description =
          "The shape of an input that the model does not declare, batch size included, such as"
              + " image=2,3,224,224; repeatable.")
  private List<InputShape> shapes = new ArrayList<>();

  @Option(
      names = "--weights-only",
      description =
          "Change weights, biases and constants only: no activation becomes a clamp, no padding"
              + " gets a map.")
  private boolean weightsOnly;

  boolean weightsOnly() {
    return weightsOnly;
  }

  List<String> outputs() {
    return outputs;
  }

  List<String> keep() {
    return keep;
  }

  List<InputShape> shapes() {
    return shapes;
  }
}
