package io.github.dl4jbnfold.examples.program;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.BatchNormFolding.Folded;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.data.SavedBatches;
import io.github.dl4jbnfold.examples.model.SavedGraph;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.SmallNetwork;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.UUID;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Folds the batch normalizations of a network in a file of ModelSerializer, and writes the folded
 * network to another one, which DL4J loads without this library.
 *
 * <pre>{@code
 * mvn -q compile -Dprogram=FoldAFile
 * mvn -q compile -Dprogram=FoldAFile -Dexec.args="model.zip folded.zip"
 * mvn -q compile -Dprogram=FoldAFile -Dexec.args="model.zip folded.zip batches"
 * }</pre>
 *
 * <p>The fold itself compares outputs on random inputs and is refused if they differ. In {@code
 * batches}, a directory of saved DataSets, are examples to compare predictions on besides. Without
 * arguments a small network is trained first, and all files lie in a temporary directory.
 */
public final class FoldAFile {
  private FoldAFile() {}

  /** Folds; ends the process with 1 if that fails. */
  public static void main(String[] arguments) {
    try {
      run(arguments);
    } catch (IOException | FoldingException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Folds what the arguments name. */
  static void run(String... arguments) throws IOException {
    if (arguments.length > 0) {
      Path folded = Path.of(arguments.length > 1 ? arguments[1] : "folded.zip");
      fold(Path.of(arguments[0]), folded, arguments.length > 2 ? Path.of(arguments[2]) : null);
    } else {
      Path folder = Files.createTempDirectory("fold-a-file");
      Path model = folder.resolve("model.zip");
      ComputationGraph network = SmallNetwork.create();
      network.fit(ShapeImages.batches(60, 32, 1), 2);
      network.save(model.toFile(), true);
      Path batches = Files.createDirectory(folder.resolve("batches"));
      ShapeImages.batches(1, 500, 2).next().save(batches.resolve("batch").toFile());
      fold(model, folder.resolve("folded.zip"), batches);
    }
  }

  /** Reads, folds, compares, writes. */
  static FoldReport fold(Path model, Path folded, @Nullable Path batches) throws IOException {
    if (Files.exists(folded)) {
      throw new IOException("%s: it exists already. Give another name.".formatted(folded));
    }
    SavedGraph.checkFolder(folded);
    NetworkFile file = read(model);
    Folded<? extends Model> result =
        file.network() instanceof ComputationGraph graph
            ? BatchNormFolding.foldCopy(graph, FoldingOptions.defaults())
            : BatchNormFolding.foldCopy(
                (MultiLayerNetwork) file.network(), FoldingOptions.defaults());
    System.out.printf("%s%n%s", model, result.report().toText());
    if (batches != null) {
      compare(file.network(), result.network(), batches);
    }
    // The file's other entries, a normalizer among them, go over as they are.
    write(file.with(result.network()), folded);
    System.out.printf("written to %s%n", folded);
    return result.report();
  }

  private static NetworkFile read(Path model) throws IOException {
    if (!Files.isRegularFile(model)) {
      throw new IOException("%s: there is no such file. Check the path.".formatted(model));
    }
    try {
      return NetworkFile.read(model);
    } catch (IOException e) {
      throw new IOException(
          "%s: %s. Maybe write it again with ModelSerializer.".formatted(model, e.getMessage()), e);
    }
  }

  private static void compare(Model before, Model after, Path batches) throws IOException {
    DataSetIterator data = SavedBatches.read(batches, features -> output(before, features));
    long examples = 0;
    long changed = 0;
    while (data.hasNext()) {
      INDArray features = data.next().getFeatures();
      INDArray classes = output(before, features).argMax(1);
      examples += classes.length();
      changed +=
          output(after, features)
              .argMax(1)
              .neq(classes)
              .castTo(DataType.INT64)
              .sumNumber()
              .longValue();
    }
    System.out.printf(Locale.ROOT, "%d of %d predictions changed%n", changed, examples);
  }

  private static INDArray output(Model network, INDArray features) {
    return network instanceof ComputationGraph graph
        ? graph.outputSingle(features)
        : ((MultiLayerNetwork) network).output(features);
  }

  /** The file appears whole or not at all: who waits for it never reads half of it. */
  private static void write(NetworkFile file, Path target) throws IOException {
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (OutputStream stream = Files.newOutputStream(part)) {
        file.write(stream);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IOException(
          "%s: it cannot be written (%s). Maybe choose another place.".formatted(target, e), e);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
