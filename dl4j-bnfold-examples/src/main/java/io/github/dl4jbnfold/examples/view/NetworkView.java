package io.github.dl4jbnfold.examples.view;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that can be drawn and run. */
public sealed interface NetworkView permits GraphView, LayersView {
  /** The names of its inputs. */
  List<String> inputs();

  /** Its operators or layers, producers before readers. */
  List<Part> parts();

  /** What its parts are called: "operator", "layer". */
  String unit();

  /**
   * Random inputs that it takes.
   *
   * @param examples how many, where it takes any number
   */
  Map<String, INDArray> sample(int examples, long seed);

  /** Its outputs, in an order of its own; the inputs are not changed. */
  Map<String, INDArray> outputs(Map<String, INDArray> inputs);

  /** What its inputs and its parts write, by name, in the order of the parts. */
  Map<String, INDArray> values(Map<String, INDArray> inputs);

  /** One run, part by part. */
  Walk walk(Map<String, INDArray> inputs);

  /**
   * What parts took and wrote.
   *
   * @param nanoseconds by part; empty where parts cannot be run alone
   * @param shapes of what they write
   * @param bytes of what they write
   */
  record Walk(Map<String, Long> nanoseconds, Map<String, long[]> shapes, long bytes) {}
}
