package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.samediff.Probe;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;

/** The shapes of the variables of a graph, from two runs on random inputs. */
final class SameDiffShapes {
  private static final long SEED = 20250102;

  private SameDiffShapes() {}

  static Shapes of(SameDiff graph, Set<String> outputs) {
    return of(graph, probes(graph, outputs, Map.of()));
  }

  static Shapes of(SameDiff graph, List<Probe> probes) {
    return new Shapes(
        probes.get(0).shapes(graph),
        probes.get(1).shapes(graph),
        probes.get(1).changesEveryOpenSizeOf(probes.get(0), graph));
  }

  /** Runs at two sizes. */
  static List<Probe> probes(SameDiff graph, Set<String> outputs, Map<String, long[]> shapes) {
    Probe probe = Probe.create(graph, outputs, shapes, SEED);
    return List.of(probe, probe.ofOtherSizes(graph, SEED + 1));
  }
}
