package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingInFront;
import io.github.dl4jbnfold.linearize.run.PaddingInFront.Margin;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.run.Planning;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.linearize.run.RunPlanner;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.write.NetworkEdit;
import io.github.dl4jbnfold.verify.CheckFailedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes a network ready for training that makes activations linear: gates in their places, and
 * padding in front of the pieces that may merge. So the network that is trained is the one that is
 * merged later; with padding moved it computes something else at borders than before.
 */
public final class Preparation {
  private final SourceNetwork gated;
  private final NetworkEdit edit;
  private final NetworkRuns.Found found;
  private final RunShapes shapes;

  private Preparation(SourceNetwork gated, RunShapes shapes) {
    this.gated = gated;
    this.shapes = shapes;
    this.edit = new NetworkEdit(gated, false);
    this.found = NetworkRuns.of(gated, shapes);
  }

  /**
   * What a network has become.
   *
   * @param network with gates
   * @param gates their names
   */
  public record Prepared(SourceNetwork network, List<String> gates) {}

  /**
   * What is wanted.
   *
   * @param padding how far it moves to the front of the pieces that would merge if all expected
   *     gates were linear
   * @param expected names of gates
   * @param costs by which merges are worth it
   * @param growth how many times as many multiplications a merge may take, whatever it costs
   * @param endPoint what gates are when they are linear
   * @param original the network with the batch normalizations that it had
   * @param calibration inputs of the network for {@link EndPoint#LEAST_SQUARES}
   * @param inputShapes shapes of inputs, where the network does not tell them
   */
  public record Request(
      GateSettings gates,
      PaddingScope padding,
      Predicate<String> expected,
      Costs costs,
      double growth,
      EndPoint endPoint,
      SourceNetwork original,
      List<INDArray> calibration,
      Map<String, long[]> inputShapes) {}

  /**
   * Puts gates into a network, which is not changed.
   *
   * @throws CheckFailedException if the network with all α = 0 is not what it was
   */
  public static Prepared prepare(SourceNetwork network, Request request) {
    Equality equality = Equality.of(network, request.inputShapes);
    GateInsertion.Gated inserted = GateInsertion.into(network, request.gates);
    SourceNetwork gated = inserted.network();
    equality.require(network, gated, "The network with gates whose α is 0");
    Preparation preparation = new Preparation(gated, equality.shapes(gated));
    preparation.lines(request, equality).forEach(preparation::end);
    if (request.padding != PaddingScope.NONE) {
      preparation.movePadding(request);
    }
    inserted.gates().forEach(gate -> preparation.start(gate, request.gates.start()));
    NetworkEdit result =
        inserted.gates().isEmpty() ? new NetworkEdit(gated, false) : preparation.edit;
    return new Prepared(result.build(), inserted.gates());
  }

  private Map<String, Line> lines(Request request, Equality equality) {
    return switch (request.endPoint) {
      case IDENTITY -> Map.of();
      case LEAST_SQUARES -> EndPoints.leastSquares(gated, found.flows(), request.calibration);
      case CLOSED_FORM ->
          EndPoints.closedForm(request.original, gated, found.flows(), equality.probe());
    };
  }

  private void end(String name, Line line) {
    Flow flow = found.flows().get(name);
    if (flow != null && flow.channels() == line.slope().length) {
      GateLayer gate = (GateLayer) edit.layer(name);
      int axis =
          EndPoints.channelAxis(Objects.requireNonNull(shapes.shapes().get(name)).length, flow);
      edit.replaceLayer(name, GateSettings.ending(gate, axis, line));
    }
  }

  private void start(String gate, double alpha) {
    long[] shape = {1, 1};
    edit.set(gate, GateLayer.ALPHA, Nd4j.valueArrayOf(shape, alpha, DataType.DOUBLE));
  }

  private void movePadding(Request request) {
    // By the rules of the merge: padding that moves for what has no layer is in the way of others.
    MergeWriter writer = new MergeWriter(edit, shapes, found.flows());
    List<Run> pieces = new ArrayList<>();
    RunPlanner planner =
        new RunPlanner(
            Planning.of(
                request.costs, request.growth, request.padding, writer::writes, shapes.fixed()),
            gates ->
                gates.stream().allMatch(request.expected)
                    ? OptionalDouble.of(0)
                    : OptionalDouble.empty());
    for (Run run : found.runs()) {
      planner.choices(run).get(0).merges().forEach(merge -> pieces.add(merge.piece()));
    }
    pieces.forEach(this::move);
  }

  private void move(Run piece) {
    PaddingInFront moved = PaddingInFront.of(piece);
    int axis = Objects.requireNonNull(found.flows().get(piece.input())).channelAxis();
    if (!isWritable(moved, axis)) {
      return;
    }
    moved.paddings().forEach((name, axes) -> pad(name, axes, axis));
    moved.crops().forEach((sum, branches) -> branches.forEach((i, by) -> crop(sum, i, by, axis)));
  }

  /** Whether DL4J has layers for all of it. */
  private static boolean isWritable(PaddingInFront moved, int channelAxis) {
    Stream<List<Axis>> paddings = moved.paddings().values().stream();
    Stream<List<Axis>> crops =
        moved.crops().values().stream()
            .flatMap(branches -> branches.values().stream())
            .map(Preparation::cropped);
    return paddings.allMatch(axes -> MergedLayer.isWritable(form(axes), channelAxis))
        && crops.allMatch(axes -> MergedLayer.hasLayersFor(form(axes), channelAxis));
  }

  private static Form form(List<Axis> axes) {
    return new Form(1, 1, 1, axes);
  }

  private static List<Axis> cropped(List<Margin> by) {
    return by.stream().map(margin -> Axis.POINT.padded(-margin.before(), -margin.after())).toList();
  }

  private void pad(String name, List<Axis> axes, int channelAxis) {
    boolean own = axes.stream().allMatch(a -> a.before() == a.after() && a.before() >= 0);
    int[] padding = own ? MergedLayer.ints(axes, Axis::before) : new int[axes.size()];
    if (edit.layer(name) instanceof ConvolutionLayer) {
      edit.configure(name, layer -> pad((ConvolutionLayer) layer, padding));
    } else if (edit.layer(name) instanceof SubsamplingLayer pool) {
      // Beyond the border a maximum finds no zeros: they come from a layer of their own.
      own &= pool.getPoolingType() == PoolingType.AVG;
      int[] its = own ? padding : new int[axes.size()];
      edit.configure(name, layer -> pad((SubsamplingLayer) layer, its));
    } else {
      own = false; // It pads nothing itself, or it does nothing else.
    }
    if (!own) {
      insert(name, 0, axes, channelAxis);
    }
    if (edit.layer(name) instanceof ZeroPaddingLayer || edit.layer(name) instanceof Cropping2D) {
      edit.drop(name);
    }
  }

  private static void pad(ConvolutionLayer layer, int[] padding) {
    layer.setConvolutionMode(ConvolutionMode.Truncate);
    layer.setPadding(filled(padding, layer.getKernelSize().length));
  }

  private static void pad(SubsamplingLayer layer, int[] padding) {
    layer.setConvolutionMode(ConvolutionMode.Truncate);
    layer.setAvgPoolIncludePadInDivisor(true); // Only so it is the convolution that it was.
    layer.setPadding(filled(padding, layer.getKernelSize().length));
  }

  /** Convolutions of sequences carry a second axis that they do not use. */
  private static int[] filled(int[] padding, int length) {
    return Arrays.copyOf(padding, length);
  }

  /** An identity beside a branch that needs more of the input than it does, or less. */
  private void crop(String sum, int branch, List<Margin> by, int channelAxis) {
    insert(sum, branch, cropped(by), channelAxis);
  }

  private void insert(String name, int input, List<Axis> axes, int channelAxis) {
    Form form = form(axes);
    MergedLayer.moved(form, channelAxis, 1)
        .ifPresent(layer -> edit.insertBefore(name, input, "padding", layer));
    MergedLayer.moved(form, channelAxis, -1)
        .ifPresent(layer -> edit.insertBefore(name, input, "cropping", layer));
  }
}
