package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.GraphDraft;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Translates a network. It is not changed, and no weight is copied. */
public final class NetworkReader {
  private NetworkReader() {}

  /**
   * Reads a network.
   *
   * @param shapes of all arrays in a run
   * @param rigid names of the vertices that multiply by, or add, one number for all channels and
   *     must go on with one number, and of the batch normalizations that are {@link NeededCopies}
   * @param portable whether the result is to consist of DL4J's own layers
   * @param normalizers what stands before inputs of the network and is to go, by input
   */
  public static NetworkReading read(
      SourceNetwork network,
      RunShapes shapes,
      Set<String> rigid,
      boolean portable,
      Map<String, InputMap> normalizers) {
    Reading reading = new Reading(network, shapes, rigid, portable);
    normalizers.forEach((input, map) -> normalize(input, map, reading.draft()));
    Structure structure = network.structure();
    for (Step step : structure.steps()) {
      Layer layer = step.layer();
      if (layer == null) {
        GraphVertex vertex = Objects.requireNonNull(step.plainVertex());
        VertexAdapters.of(vertex).read(new VertexSite(step, vertex, reading));
      } else {
        Site site = new Site(step, layer, preprocessed(step, reading), reading);
        if (rigid.contains(step.name())) {
          site.refuse(
              Reason.UNSUPPORTED_FORM,
              "Deeplearning4j does not run the network without it: what stands before it and behind"
                  + " it would hand on the input of the network as it is.",
              "Let the network begin with a layer that has weights.");
        } else {
          LayerAdapters.of(layer).read(site);
        }
      }
    }
    reading.draft().request(structure.outputs());
    return new NetworkReading(reading.draft().build(), reading.bindings(), reading.draft().views());
  }

  /** The network reads what the normalizer makes of its input. */
  private static void normalize(String input, InputMap map, GraphDraft draft) {
    Tensor raw = draft.input(input, map.layout());
    Tensor normalized = draft.output(input, map.layout());
    draft.add(new Normalizer(input, raw, normalized, map.scale(), map.shift()));
  }

  private static String preprocessed(Step step, Reading reading) {
    String input = step.inputs().get(0);
    if (step.preprocessor() == null) {
      return input;
    }
    String behind = RunShapes.preprocessed(step.name());
    Preprocessors.read(step.preprocessor(), step.name(), input, behind, reading);
    return behind;
  }
}
