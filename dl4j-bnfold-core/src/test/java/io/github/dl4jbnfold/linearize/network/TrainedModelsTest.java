package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whole trained networks with all gates at 1, in float64. The networks are not part of the project:
 * their directory is the system property {@value #PROPERTY}; without them the test is skipped.
 */
class TrainedModelsTest {
  private static final String PROPERTY = "dl4j-bnfold.models";
  private static final Path MODELS = Path.of(System.getProperty(PROPERTY, "../../shared/models"));

  private static ComputationGraph read(String name) throws IOException {
    Path file = MODELS.resolve(name + ".zip");
    assumeTrue(Files.exists(file), () -> file + " is not here: see -D" + PROPERTY);
    return ComputationGraph.load(file.toFile(), false).convertDataType(DataType.DOUBLE);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet20-cifar10, RUNS, 2",
    "resnet20-cifar10, BLOCKS, 11",
    "mobilenetv2-cifar10, RUNS, 2",
    "mobilenetv2-cifar10, BLOCKS, 13"
  })
  void all_gates_linear_it_merges_exactly(String name, PaddingScope scope, int depth)
      throws IOException {
    LayerFoldingOptions options =
        LayerFoldingOptions.defaults().costs(Costs.DEPTH).padding(scope).growth(1e9);
    var prepared = LayerFolding.prepare(read(name), options);
    Set<String> all = new TreeSet<>(prepared.gates());
    var converted = LayerFolding.convert(prepared.network(), all, options);
    all.forEach(gate -> alpha(prepared.network(), gate).assign(1));

    INDArray images = Nd4j.randn(DataType.DOUBLE, 1, 3, 32, 32);
    INDArray expected = prepared.network().outputSingle(images.dup()).dup();
    INDArray actual = converted.network().outputSingle(images.dup());
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-9);
    assertThat(converted.report().maxRelativeError()).isLessThan(1e-9);
    assertThat(LayerFolding.depth(converted.network())).isEqualTo(depth);
  }

  private static INDArray alpha(ComputationGraph network, String gate) {
    return network.getVertex(gate).getLayer().getParam(GateLayer.ALPHA);
  }
}
