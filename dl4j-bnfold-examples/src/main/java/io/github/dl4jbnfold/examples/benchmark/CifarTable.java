package io.github.dl4jbnfold.examples.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The results of {@link CifarFolding} as a Markdown table.
 *
 * <pre>{@code
 * java -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.CifarTable RUN_DIRECTORY ...
 * }</pre>
 */
public final class CifarTable {
  private CifarTable() {}

  /** Prints the table. */
  public static void main(String[] arguments) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<FoldedCifar> results = new ArrayList<>();
    for (String directory : arguments) {
      results.add(
          json.readValue(Path.of(directory).resolve("result.json").toFile(), FoldedCifar.class));
    }
    results.sort(Comparator.comparingInt(FoldedCifar::linear));
    System.out.println(
        "| choice | activations linear | layers | steps | before fine-tuning | accuracy | time,"
            + " batch 1 | batch 64 |");
    System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    results.forEach(result -> System.out.println(row(result)));
  }

  private static String row(FoldedCifar result) {
    return String.format(
        Locale.ROOT,
        "| %s | %d of %d | %d → %d | %d | %.1f %% | %.2f %% | × %.2f | × %.2f |",
        result.rule(),
        result.linear(),
        result.activations(),
        result.depthBefore(),
        result.depth(),
        result.steps(),
        100 * result.validation().getOrDefault("after merging", Double.NaN),
        100 * result.accuracy(),
        result.timeRatios().getOrDefault(1, Double.NaN),
        result.timeRatios().getOrDefault(64, Double.NaN));
  }
}
