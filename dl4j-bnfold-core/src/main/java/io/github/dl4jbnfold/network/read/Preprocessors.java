package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import java.util.Set;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;

/** Preprocessors: known ones only move elements, others are walls. */
final class Preprocessors {
  private static final String OWN = Cnn3DToFeedForwardPreProcessor.class.getPackageName();

  /** They serve imported Keras models; not every class path has all of them. */
  private static final Set<String> IMPORTED =
      Set.of(
          "org.deeplearning4j.nn.modelimport.keras.preprocessors"
              + ".TensorFlowCnnToFeedForwardPreProcessor",
          "org.deeplearning4j.preprocessors.KerasFlattenRnnPreprocessor",
          "org.deeplearning4j.preprocessors.PermutePreprocessor",
          "org.deeplearning4j.preprocessors.ReshapePreprocessor");

  private Preprocessors() {}

  /**
   * Reads a preprocessor.
   *
   * @param name of the step that it belongs to
   * @param from the array before it
   * @param to the array behind it
   */
  static void read(
      InputPreProcessor preprocessor, String name, String from, String to, Reading reading) {
    String kind = preprocessor.getClass().getSimpleName();
    Layout layout = reading.draft().layout(from);
    long[] shape = reading.shape(from);
    Layout after =
        layout == null || !isKnown(preprocessor)
            ? null
            : Moves.after(
                array ->
                    preprocessor
                        .clone()
                        .preProcess(array, reading.examples(), LayerWorkspaceMgr.noWorkspaces()),
                shape,
                layout);
    if (layout == null || after == null) {
      reading.draft().fix(from, name, kind);
      reading.draft().writtenByWall(to, kind);
      return;
    }
    Tensor x = reading.draft().input(from, layout);
    Tensor y = reading.draft().output(to, after);
    reading.add(new Carrier(name, "reshape", x, y));
  }

  private static boolean isKnown(InputPreProcessor preprocessor) {
    if (preprocessor instanceof ComposableInputPreProcessor several) {
      return Arrays.stream(several.getInputPreProcessors()).allMatch(Preprocessors::isKnown);
    }
    return isListed(preprocessor.getClass());
  }

  /** Whether somebody has decided that a preprocessor only moves elements. */
  static boolean isListed(Class<?> preprocessor) {
    return preprocessor.getPackageName().equals(OWN) || IMPORTED.contains(preprocessor.getName());
  }
}
