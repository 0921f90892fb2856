package io.github.dl4jbnfold;

import io.github.dl4jbnfold.plan.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/** What a fold is to preserve and to keep. Immutable: each method returns new options. */
public final class FoldingOptions {
  /** In the place of a name. */
  static final String ONLY_INPUT = "";

  private static final FoldingOptions DEFAULTS =
      new FoldingOptions(
          List.of(),
          name -> false,
          OptionalDouble.empty(),
          Map.of(),
          Objective.FEWEST_BATCH_NORMS,
          Optional.empty(),
          true,
          Map.of());

  private final List<String> outputs;
  private final Predicate<String> keep;
  private final OptionalDouble tolerance;
  private final Map<String, long[]> inputShapes;
  private final Objective objective;
  private final Optional<Path> costs;
  private final boolean portable;
  private final Map<String, DataNormalization> normalizers;

  private FoldingOptions(
      List<String> outputs,
      Predicate<String> keep,
      OptionalDouble tolerance,
      Map<String, long[]> inputShapes,
      Objective objective,
      Optional<Path> costs,
      boolean portable,
      Map<String, DataNormalization> normalizers) {
    this.normalizers = Map.copyOf(normalizers);
    this.portable = portable;
    this.objective = objective;
    this.costs = costs;
    this.outputs = List.copyOf(outputs);
    this.keep = keep;
    this.tolerance = tolerance;
    this.inputShapes = Map.copyOf(inputShapes);
  }

  /**
   * Preserves what no operator reads and the loss variables, keeps nothing on purpose, and checks
   * with a tolerance that suits the data type.
   *
   * @return the same object each time
   */
  public static FoldingOptions defaults() {
    return DEFAULTS;
  }

  /**
   * The variables whose values and names are preserved, besides the loss variables. Operators that
   * none of them needs are removed.
   *
   * @param names variables of a SameDiff graph; none for what no operator reads. Of a network of
   *     layers only its own outputs may be named
   * @return new options
   */
  public FoldingOptions outputs(String... names) {
    return outputs(Arrays.asList(names));
  }

  /**
   * See {@link #outputs(String...)}.
   *
   * @param names as there
   * @return new options
   */
  public FoldingOptions outputs(Collection<String> names) {
    return new FoldingOptions(
        List.copyOf(names), keep, tolerance, inputShapes, objective, costs, portable, normalizers);
  }

  /**
   * Batch normalizations that must stay, by name; added to those named before.
   *
   * @param names as reports have them: variables that batch normalizations write, or layers. A name
   *     that no batch normalization has changes nothing
   * @return new options
   */
  public FoldingOptions keep(String... names) {
    return keep(Arrays.asList(names)::contains);
  }

  /**
   * Batch normalizations that must stay, by a test of their names; added to earlier ones.
   *
   * @param names whether the batch normalization of a name must stay
   * @return new options
   */
  public FoldingOptions keep(Predicate<String> names) {
    return new FoldingOptions(
        outputs, keep.or(names), tolerance, inputShapes, objective, costs, portable, normalizers);
  }

  /**
   * The largest error of an output, relative to its largest magnitude, at which the folded network
   * is accepted. By default 1e-9 for networks in float64, 1e-4 in float32, 1e-2 in float16, 5e-2 in
   * bfloat16.
   *
   * @param relativeError largest difference of two elements of an output by the largest magnitude
   *     in it
   * @return new options
   * @throws IllegalArgumentException if it is negative or not a number
   */
  public FoldingOptions tolerance(double relativeError) {
    if (!(relativeError >= 0)) {
      throw new IllegalArgumentException(
          "A tolerance is a number that is not negative, not " + relativeError + ".");
    }
    return new FoldingOptions(
        outputs,
        keep,
        OptionalDouble.of(relativeError),
        inputShapes,
        objective,
        costs,
        portable,
        normalizers);
  }

  /**
   * The shape of a placeholder in the check, batch size included; needed where the network does not
   * declare it. By default the batch is 2 and other free axes are 32 or more.
   *
   * @param placeholder its name; an input of a network of layers, too: "input" for the one of a
   *     MultiLayerNetwork
   * @param shape such as 2, 3, 224, 224
   * @return new options
   */
  public FoldingOptions inputShape(String placeholder, long... shape) {
    Map<String, long[]> shapes = new LinkedHashMap<>(inputShapes);
    shapes.put(placeholder, shape.clone());
    return new FoldingOptions(
        new ArrayList<>(outputs), keep, tolerance, shapes, objective, costs, portable, normalizers);
  }

  /**
   * What the fold aims at; by default as few batch normalizations as possible.
   *
   * @param aim {@link Objective#FASTEST} for SameDiff graphs only
   * @return new options
   */
  public FoldingOptions objective(Objective aim) {
    return new FoldingOptions(
        outputs, keep, tolerance, inputShapes, aim, costs, portable, normalizers);
  }

  /**
   * Where the costs of operators on this machine are remembered that {@link Objective#FASTEST}
   * measures; by default a file in the cache folder of the user.
   *
   * @param file JSON; made if there is none
   * @return new options
   */
  public FoldingOptions costs(Path file) {
    return new FoldingOptions(
        outputs, keep, tolerance, inputShapes, objective, Optional.of(file), portable, normalizers);
  }

  /**
   * Whether a network of DL4J is to consist of DL4J's own layers afterwards, so that it can be
   * loaded without this library. So it is by default. Otherwise activations may become {@link
   * io.github.dl4jbnfold.layers.ClampLayer}s, paddings {@link
   * io.github.dl4jbnfold.layers.PadValueLayer}s, and convolutions may be followed by {@link
   * io.github.dl4jbnfold.layers.MapLayer}s, where the network takes inputs of one size only.
   *
   * @param plain false to allow layers of this library; nothing changes for SameDiff graphs
   * @return new options
   */
  public FoldingOptions portable(boolean plain) {
    return new FoldingOptions(
        outputs, keep, tolerance, inputShapes, objective, costs, plain, normalizers);
  }

  /**
   * The normalizer of the one input of a network of layers, which is to become a part of its
   * weights: the folded network answers to x as the original to what the normalizer makes of x. A
   * normalizer may multiply and add, channel by channel. Where the layers cannot take it over
   * exactly the fold is refused; batch normalizations that only stay for its sake say so.
   *
   * <p>It goes by what {@code transform} makes of an array. Of a data set it also sets to 0 the
   * steps of sequences that a mask hides; layers that read such steps, as convolutions do, then see
   * what stands there.
   *
   * @param normalizer fitted
   * @return new options
   */
  public FoldingOptions foldNormalizer(DataNormalization normalizer) {
    return foldNormalizer(ONLY_INPUT, normalizer);
  }

  /**
   * The normalizer of one of several inputs; as {@link #foldNormalizer(DataNormalization)}.
   *
   * @param input the name of the input; the one of a MultiLayerNetwork is "input"
   * @param normalizer fitted
   * @return new options
   */
  public FoldingOptions foldNormalizer(String input, DataNormalization normalizer) {
    Map<String, DataNormalization> all = new LinkedHashMap<>(normalizers);
    all.put(input, normalizer);
    return new FoldingOptions(
        outputs, keep, tolerance, inputShapes, objective, costs, portable, all);
  }

  /** By input; {@link #ONLY_INPUT} for the one that a network has. */
  Map<String, DataNormalization> normalizers() {
    return normalizers;
  }

  boolean portable() {
    return portable;
  }

  Optional<Path> costs() {
    return costs;
  }

  Objective objective() {
    return objective;
  }

  List<String> outputs() {
    return outputs;
  }

  Predicate<String> keep() {
    return keep;
  }

  OptionalDouble tolerance() {
    return tolerance;
  }

  Map<String, long[]> inputShapes() {
    return inputShapes;
  }
}
