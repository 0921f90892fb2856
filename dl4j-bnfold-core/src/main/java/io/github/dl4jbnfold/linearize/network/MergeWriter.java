package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.linearize.run.Merger;
import io.github.dl4jbnfold.linearize.run.Part;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.write.NetworkEdit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Puts one layer in the place of a piece of a network. */
final class MergeWriter {
  private static final String WEIGHTS = "W";
  private static final String BIAS = "b";

  private final NetworkEdit edit;
  private final RunShapes shapes;
  private final Map<String, Flow> flows;

  MergeWriter(NetworkEdit edit, RunShapes shapes, Map<String, Flow> flows) {
    this.edit = edit;
    this.shapes = shapes;
    this.flows = flows;
  }

  void write(Merge merge) {
    Run piece = merge.piece();
    Flow flow = Objects.requireNonNull(flows.get(piece.input()));
    Convolution merged = Merger.merged(piece);
    Source source = source(piece);
    boolean vector = Objects.requireNonNull(shapes.shapes().get(piece.output())).length == 2;
    if (vector) {
      dense(piece, merged, flow, source);
    } else {
      convolution(piece, merged, flow, source);
    }
  }

  /**
   * Whether a piece has weights, and one layer of DL4J computes and multiplies what its form says.
   */
  boolean writes(Run piece, Form form) {
    boolean weights =
        names(piece.parts())
            .map(name -> edit.step(name).layer())
            .anyMatch(l -> l instanceof FeedForwardLayer && !(l instanceof BatchNormalization));
    boolean vector = Objects.requireNonNull(shapes.shapes().get(piece.output())).length == 2;
    int channelAxis = Objects.requireNonNull(flows.get(piece.input())).channelAxis();
    return weights
        && MergedLayer.isWritable(form, channelAxis)
        && (form.groups() == 1 || (form.axes().size() == 2 && !vector));
  }

  /** What a piece reads in terms of steps: a preprocessor belongs to the step behind it. */
  private record Source(List<String> inputs, @Nullable InputPreProcessor preprocessor) {}

  private Source source(Run piece) {
    for (String name : names(piece.parts()).toList()) {
      if (piece.input().equals(RunShapes.preprocessed(name))) {
        return new Source(edit.step(name).inputs(), edit.step(name).preprocessor());
      }
    }
    return new Source(List.of(piece.input()), null);
  }

  private static Stream<String> names(List<Part> parts) {
    return parts.stream()
        .flatMap(
            part ->
                part instanceof Block block
                    ? Stream.concat(
                        block.branches().stream().flatMap(MergeWriter::names),
                        Stream.of(block.name()))
                    : Stream.of(part.name()));
  }

  private void convolution(Run piece, Convolution merged, Flow flow, Source source) {
    MergedLayer written = MergedLayer.of(merged, flow.channelAxis());
    BaseLayer model = trained(piece);
    MergedLayer.inherit(model, written.layer());
    if (endsWithActivation(piece)) {
      written.layer().setActivationFn(model.getActivationFn());
    }
    String name = piece.output();
    put(name, piece, source, written.layer());
    written.padding().ifPresent(layer -> edit.insertBefore(name, "padding", layer));
    written.cropping().ifPresent(layer -> edit.insertBefore(name, "cropping", layer));
    edit.set(name, WEIGHTS, written.weights());
    edit.set(name, BIAS, Nd4j.createFromArray(written.bias()));
  }

  /** A piece that writes vectors is a matrix of all that it reads. */
  private void dense(Run piece, Convolution merged, Flow flow, Source source) {
    Convolution matrix = merged.grouped(1).croppedTo(piece.sizeArray());
    INDArray weights = flow.flattened(matrix.weights()).permute(1, 0).dup('c');
    String name = piece.output();
    FeedForwardLayer layer = denseLayer(piece);
    layer.setNIn(weights.size(0));
    layer.setNOut(weights.size(1));
    put(name, piece, new Source(source.inputs(), flattening(piece, flow, source)), layer);
    edit.set(name, WEIGHTS, weights);
    edit.set(name, BIAS, Nd4j.createFromArray(matrix.bias()));
  }

  private FeedForwardLayer denseLayer(Run piece) {
    if (last(piece) instanceof OutputLayer last) {
      OutputLayer output = (OutputLayer) last.clone();
      output.setHasBias(true);
      return output;
    }
    BaseLayer model = trained(piece);
    DenseLayer dense = new DenseLayer.Builder().hasBias(true).build();
    MergedLayer.inherit(model, dense);
    dense.setActivationFn(
        endsWithActivation(piece) ? model.getActivationFn() : new ActivationIdentity());
    return dense;
  }

  private @Nullable InputPreProcessor flattening(Run piece, Flow flow, Source source) {
    int rank = Objects.requireNonNull(shapes.shapes().get(piece.input())).length;
    if (rank == 2) {
      return source.preprocessor();
    }
    InputPreProcessor flat = flattening(flow, rank);
    return source.preprocessor() == null
        ? flat
        : new ComposableInputPreProcessor(source.preprocessor(), flat);
  }

  private static InputPreProcessor flattening(Flow flow, int rank) {
    long[] sizes = flow.sizes(flow.channelAxis());
    if (rank == 4) {
      return new CnnToFeedForwardPreProcessor(
          sizes[0], sizes[1], flow.channels(), MergedLayer.format(flow.channelAxis()));
    }
    return new Cnn3DToFeedForwardPreProcessor(
        Math.toIntExact(sizes[0]),
        Math.toIntExact(sizes[1]),
        Math.toIntExact(sizes[2]),
        flow.channels(),
        flow.channelAxis() == 1);
  }

  private void put(String name, Run piece, Source source, Layer layer) {
    layer.setLayerName(name);
    NeuralNetConfiguration configuration = configuration(piece).clone();
    configuration.setLayer(layer);
    edit.replace(Step.of(name, source.inputs(), source.preprocessor(), configuration));
  }

  private NeuralNetConfiguration configuration(Run piece) {
    return names(piece.parts())
        .map(name -> edit.step(name).configuration())
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  /** The last layer of a piece that has weights: it says how they are trained. */
  private BaseLayer trained(Run piece) {
    List<Layer> layers =
        names(piece.parts()).map(name -> edit.step(name).layer()).filter(Objects::nonNull).toList();
    for (int i = layers.size() - 1; i >= 0; i--) {
      if (layers.get(i) instanceof FeedForwardLayer layer
          && !(layer instanceof BatchNormalization)) {
        return layer;
      }
    }
    return (BaseLayer)
        layers.stream().filter(BaseLayer.class::isInstance).findFirst().orElseThrow();
  }

  private @Nullable Layer last(Run piece) {
    return edit.step(piece.output()).layer();
  }

  private boolean endsWithActivation(Run piece) {
    Part last = piece.parts().get(piece.parts().size() - 1);
    return last instanceof Unit
        && last(piece) instanceof FeedForwardLayer
        && !(last(piece) instanceof BatchNormalization);
  }
}
