package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.network.read.InputMap;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/** Runs of a network on random inputs: for the shapes of all arrays, and for the comparison. */
public final class NetworkProbe {
  /** Sizes tried for images and sequences where nothing states them. */
  private static final long[] FREE_SIZES = {32, 64, 28, 96, 128, 224, 299};

  /** The same for a second probe. */
  private static final long[] OTHER_SIZES = {37, 75, 35, 99, 139, 235, 303};

  private final List<INDArray> inputs;
  private final List<@Nullable INDArray> masks;

  private NetworkProbe(List<INDArray> inputs, List<@Nullable INDArray> masks) {
    this.inputs = inputs;
    this.masks = masks;
  }

  /**
   * A probe that the network accepts.
   *
   * @param examples how many examples it has
   * @param given shapes of inputs that the user gave
   * @throws FoldingException if the network runs on no input
   */
  public static NetworkProbe create(
      SourceNetwork network, int examples, Map<String, long[]> given, long seed) {
    return create(network, examples, given, seed, FREE_SIZES);
  }

  /**
   * A probe whose images and sequences have other sizes than those of {@link #create}, where the
   * network leaves them open; empty if it does not, or takes none that were tried.
   */
  public static Optional<NetworkProbe> ofOtherSizes(
      SourceNetwork network, int examples, Map<String, long[]> given, long seed) {
    if (!isOpen(InputShapes.of(network.structure(), given))) {
      return Optional.empty();
    }
    try {
      return Optional.of(create(network, examples, given, seed, OTHER_SIZES));
    } catch (FoldingException e) {
      return Optional.empty();
    }
  }

  private static boolean isOpen(List<long[]> shapes) {
    return shapes.stream().flatMapToLong(Arrays::stream).anyMatch(s -> s == InputShapes.FREE);
  }

  private static NetworkProbe create(
      SourceNetwork network, int examples, Map<String, long[]> given, long seed, long[] sizes) {
    List<long[]> shapes = InputShapes.of(network.structure(), given);
    boolean open = isOpen(shapes);
    RuntimeException last = null;
    for (long size : sizes) {
      NetworkProbe probe = of(network, shapes, examples, size, seed);
      try {
        network.outputs(probe.fresh(), null);
        return probe.withUsableMasks(network);
      } catch (RuntimeException e) {
        last = e;
        if (!open) {
          break;
        }
      }
    }
    throw failure(Objects.requireNonNull(last));
  }

  /**
   * The same with the masks that the network takes: convolutions and pools of sequences take none
   * of another data type than ND4J's default one, and dropout none but of the network's own.
   */
  private NetworkProbe withUsableMasks(SourceNetwork network) {
    List<@Nullable INDArray> usable = new ArrayList<>(Collections.nCopies(masks.size(), null));
    for (int i = 0; i < masks.size(); i++) {
      INDArray mask = masks.get(i);
      for (DataType type : List.of(Nd4j.defaultFloatingPointType(), network.dataType())) {
        if (mask != null && usable.get(i) == null) {
          usable.set(i, mask.castTo(type));
          usable.set(i, runs(network, usable) ? usable.get(i) : null);
        }
      }
    }
    return new NetworkProbe(inputs, usable);
  }

  private boolean runs(SourceNetwork network, List<@Nullable INDArray> some) {
    try {
      network.outputs(fresh(), some);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /**
   * Why the network did not run.
   *
   * @throws OutOfMemoryError if that was it: Deeplearning4j wraps it
   */
  private static FoldingException failure(RuntimeException cause) {
    for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
      if (deeper instanceof OutOfMemoryError memory) {
        throw memory;
      }
    }
    boolean norm =
        Arrays.stream(cause.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(BatchNormalization.class.getName()));
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String first = message.lines().findFirst().orElse("").strip();
    // The name of a workspace, or a method of the workspaces that are not there.
    boolean workspaces = first.contains("Workspace");
    String advice =
        workspaces
            ? "Deeplearning4j itself cannot run this network with workspaces (%s): set its"
                + " inferenceWorkspaceMode(WorkspaceMode.NONE)."
            : norm
                ? "Deeplearning4j itself cannot run a batch normalization of this network (%s): of"
                    + " sequences it takes the format NWC only, unless a TimeDistributed layer"
                    + " wraps it, and of volumes none."
                : "The network does not run on random inputs (%s): state their shapes, or repair"
                    + " the network.";
    return new FoldingException(advice.formatted(first), cause);
  }

  private static NetworkProbe of(
      SourceNetwork network, List<long[]> shapes, int examples, long size, long seed) {
    Structure structure = network.structure();
    List<INDArray> inputs = new ArrayList<>();
    List<@Nullable INDArray> masks = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      long[] shape = shapes.get(i).clone();
      for (int axis = 0; axis < shape.length; axis++) {
        boolean first = axis == 0 || shape[axis] == InputShapes.EXAMPLES;
        shape[axis] = first ? examples : shape[axis] == InputShapes.FREE ? size : shape[axis];
      }
      INDArray values = Nd4j.getRandomFactory().getNewRandomInstance(seed + i).nextGaussian(shape);
      long words = rows(structure, structure.inputs().get(i));
      inputs.add((words > 0 ? indices(values, words) : values).castTo(network.dataType()));
      int time = InputShapes.timeAxis(structure, structure.inputs().get(i), shape.length);
      masks.add(mask(shape, time, network.dataType()));
    }
    return new NetworkProbe(inputs, masks);
  }

  /** How many rows the table has that an input is an index of; 0 if it is none. */
  private static long rows(Structure structure, String input) {
    for (Step step : structure.steps()) {
      Layer layer = step.layer();
      boolean table = layer instanceof EmbeddingLayer || layer instanceof EmbeddingSequenceLayer;
      if (table && layer instanceof FeedForwardLayer sized && step.inputs().contains(input)) {
        return sized.getNIn();
      }
    }
    return 0;
  }

  private static INDArray indices(INDArray values, long rows) {
    double[] index = values.dup('c').reshape(values.length()).toDoubleVector();
    Arrays.setAll(index, i -> Math.floor(Math.abs(index[i]) * 1000) % rows);
    return Nd4j.createFromArray(index).reshape(values.shape());
  }

  /** Sequences of which each but the first ends one step earlier than the one before. */
  private static @Nullable INDArray mask(long[] shape, int time, DataType type) {
    if (time < 0) {
      return null;
    }
    INDArray mask = Nd4j.ones(type, shape[0], shape[time]);
    for (int example = 1; example < shape[0]; example++) {
      for (long step = Math.max(1, shape[time] - example); step < shape[time]; step++) {
        mask.putScalar(example, step, 0);
      }
    }
    return mask;
  }

  /**
   * Inputs of which normalizers make about this probe's.
   *
   * @param maps what they do, by input
   */
  NetworkProbe before(SourceNetwork network, Map<String, InputMap> maps) {
    return with(network, maps, (name, map, input) -> map.inverse(input));
  }

  /** What normalizers make of this probe's inputs. */
  NetworkProbe behind(SourceNetwork network, Map<String, DataNormalization> normalizers) {
    return with(
        network,
        normalizers,
        (name, normalizer, input) -> InputMap.normalized(normalizer, name, input));
  }

  private interface InputChange<T> {
    INDArray of(String name, T change, INDArray input);
  }

  private <T> NetworkProbe with(
      SourceNetwork network, Map<String, T> changes, InputChange<T> change) {
    List<INDArray> changed = new ArrayList<>(inputs);
    List<String> names = network.structure().inputs();
    for (int i = 0; i < changed.size(); i++) {
      T own = changes.get(names.get(i));
      changed.set(i, own == null ? changed.get(i) : change.of(names.get(i), own, changed.get(i)));
    }
    return new NetworkProbe(changed, masks);
  }

  /** What normalizers do to these inputs, by input. */
  Map<String, InputMap> maps(
      SourceNetwork network, Map<String, DataNormalization> normalizers, double accuracy) {
    Map<String, InputMap> maps = new LinkedHashMap<>();
    List<String> names = network.structure().inputs();
    for (int i = 0; i < names.size(); i++) {
      DataNormalization normalizer = normalizers.get(names.get(i));
      if (normalizer != null) {
        long[] shape = inputs.get(i).shape();
        maps.put(names.get(i), InputMap.of(normalizer, names.get(i), shape, accuracy));
      }
    }
    return maps;
  }

  private boolean isMaskable() {
    return masks.stream().anyMatch(Objects::nonNull);
  }

  /** Layers may overwrite what they read, the inputs of the network included. */
  private List<INDArray> fresh() {
    return inputs.stream().map(INDArray::dup).toList();
  }

  /** The outputs, and where an input is a sequence also those behind a mask. */
  public Map<String, INDArray> outputs(SourceNetwork network) {
    Map<String, INDArray> all = new LinkedHashMap<>();
    List<INDArray> plain = network.outputs(fresh(), null);
    for (int i = 0; i < plain.size(); i++) {
      all.put("output " + i, plain.get(i).dup());
    }
    if (isMaskable()) {
      List<INDArray> masked = network.outputs(fresh(), masks);
      for (int i = 0; i < masked.size(); i++) {
        all.put("masked output " + i, masked.get(i).dup());
      }
    }
    return all;
  }

  /**
   * The shapes of all arrays.
   *
   * @param fixed what is known of other runs, see {@link RunShapes}
   */
  public RunShapes shapes(SourceNetwork network, boolean fixed) {
    Map<String, INDArray> activations = network.activations(fresh());
    Map<String, long[]> shapes = new HashMap<>();
    activations.forEach((name, array) -> shapes.put(name, array.shape()));
    int examples = (int) inputs.get(0).size(0);
    for (Step step : network.structure().steps()) {
      if (step.preprocessor() != null) {
        INDArray before = Objects.requireNonNull(activations.get(step.inputs().get(0)));
        INDArray after =
            step.preprocessor()
                .clone()
                .preProcess(before.dup(), examples, LayerWorkspaceMgr.noWorkspaces());
        shapes.put(RunShapes.preprocessed(step.name()), after.shape());
      }
    }
    return new RunShapes(shapes, examples, isMaskable(), fixed);
  }

  /** Whether a network takes no inputs of other sizes. */
  boolean hasFixedSizes(SourceNetwork network) {
    return FixedSizes.of(network, inputs);
  }

  /** Copies of all activations, by the names of their steps. */
  public Map<String, INDArray> activations(SourceNetwork network) {
    Map<String, INDArray> copies = new HashMap<>();
    network.activations(fresh()).forEach((name, array) -> copies.put(name, array.dup()));
    return copies;
  }

  /** The largest finite magnitude of any activation. */
  public double largestMagnitude(SourceNetwork network) {
    return network.activations(fresh()).values().stream()
        .filter(array -> array.dataType().isFPType() && !array.isEmpty())
        .mapToDouble(array -> array.amaxNumber().doubleValue())
        .filter(Double::isFinite)
        .max()
        .orElse(0);
  }
}
