package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.file.NetworkFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.hdf5.H5E_auto2_t;
import org.bytedeco.hdf5.global.hdf5;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.modelimport.keras.layers.normalization.KerasBatchNormalization;

/** Reads the HDF5 files of Keras by DL4J's import: Sequential and functional models. */
final class KerasFile {
  private KerasFile() {}

  /**
   * Reads a model with its weights.
   *
   * @throws CommandFailure if DL4J cannot import it
   */
  static NetworkFile read(Path path) {
    return new NetworkFile(network(path), false, Map.of());
  }

  private static Model network(Path path) {
    String file = path.toString();
    // HDF5 would print its own account of a damaged file.
    hdf5.H5Eset_auto2(hdf5.H5E_DEFAULT, (H5E_auto2_t) null, null);
    try {
      return KerasModelImport.importKerasModelAndWeights(file, false);
    } catch (Exception e) {
      if (!isAboutItsClass(e)) {
        throw failure(path, e);
      }
    }
    try {
      return KerasModelImport.importKerasSequentialModelAndWeights(file, false);
    } catch (Exception e) {
      throw failure(path, e);
    }
  }

  /** The importer of functional models only says that a model is none. */
  private static boolean isAboutItsClass(Exception failure) {
    return failure.getMessage() != null
        && failure.getMessage().contains("Expected model class name");
  }

  private static CommandFailure failure(Path path, Exception e) {
    boolean center =
        e instanceof NullPointerException
            && Arrays.stream(e.getStackTrace())
                .anyMatch(f -> f.getClassName().equals(KerasBatchNormalization.class.getName()));
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return CommandFailure.usage(
        center
            ? "%s: Deeplearning4j cannot import a batch normalization without beta (center=False). Give it a beta of zeros in Keras, and save it again."
                .formatted(path)
            : "%s: Deeplearning4j cannot import this Keras model (%s). Maybe save it in Keras 2's HDF5 format, with its weights."
                .formatted(path, message.lines().findFirst().orElse("").strip()),
        e);
  }
}
