package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Merger;
import io.github.dl4jbnfold.linearize.run.Part;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.samediff.read.Shapes;
import io.github.dl4jbnfold.samediff.write.GraphEditor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Writes one convolution or matrix product, with a bias, in the place of a piece. */
final class MergeWriter {
  /** Relative to the largest number: what is less is rounding. */
  private static final double ROUNDING = 1e-12;

  private final SameDiff graph;
  private final GraphEditor editor;
  private final Shapes shapes;
  private final GraphRuns.Found found;

  MergeWriter(SameDiff graph, GraphEditor editor, Shapes shapes, GraphRuns.Found found) {
    this.graph = graph;
    this.editor = editor;
    this.shapes = shapes;
    this.found = found;
  }

  /** Whether a piece is more than one operator with a bias. */
  static boolean isWorthwhile(Run piece) {
    return piece.parts().stream().mapToInt(MergeWriter::operators).sum() > 1;
  }

  private static int operators(Part part) {
    if (part instanceof Unit unit) {
      return unit.computedAs().size();
    } else if (part instanceof Gate gate) {
      return gate.endsAsIdentity() ? 0 : 1;
    }
    return 2;
  }

  /** Writes the piece; what it was made of is dead then. */
  void write(Run piece) {
    Flow in = flow(piece.input());
    Flow out = flow(piece.output());
    Convolution merged = Merger.merged(piece);
    INDArray answer = Merger.apart(piece, zeros(in));
    boolean varies = varies(answer, merged.apply(zeros(in)));
    String like = weight(piece.parts());
    SDVariable x = graph.getVariable(piece.input());
    boolean vector = shape(piece.output()).length == 2;
    SDVariable result =
        vector
            ? dense(piece.output(), like, x, merged, answer, in)
            : convolution(piece.output(), like, x, merged, !varies, in);
    if (varies && !vector) {
      result = result.add(parameter(like, piece.output() + "_merged_map", onMap(answer, out, x)));
    }
    editor.replace(producer(piece.output()), result);
  }

  private String producer(String variable) {
    return Objects.requireNonNull(graph.getVariables().get(variable)).getOutputOfOp();
  }

  private Flow flow(String variable) {
    return Objects.requireNonNull(found.flows().get(variable));
  }

  private long[] shape(String variable) {
    return Objects.requireNonNull(shapes.of(variable));
  }

  private String weight(List<Part> parts) {
    return parts.stream()
        .flatMap(MergeWriter::units)
        .map(name -> found.weights().getOrDefault(name, ""))
        .filter(name -> !name.isEmpty())
        .reduce((a, b) -> isTrained(a) ? a : b)
        .orElse("");
  }

  private boolean isTrained(String name) {
    return graph.getVariable(name).getVariableType() == VariableType.VARIABLE;
  }

  private static Stream<String> units(Part part) {
    return part instanceof Block block
        ? block.branches().stream().flatMap(List::stream).flatMap(MergeWriter::units)
        : Stream.of(part.name());
  }

  private static INDArray zeros(Flow in) {
    long[] sizes = in.sizes(in.channelAxis());
    long[] shape = new long[sizes.length + 1];
    shape[0] = in.channels();
    System.arraycopy(sizes, 0, shape, 1, sizes.length);
    return Nd4j.zeros(DataType.DOUBLE, shape);
  }

  /**
   * Whether what the piece makes of zeros is not the bias of the merged convolution everywhere: at
   * a border between its parts a bias is missing.
   */
  private static boolean varies(INDArray apart, INDArray whole) {
    double difference = apart.sub(whole).amaxNumber().doubleValue();
    double largest = Math.max(apart.amaxNumber().doubleValue(), whole.amaxNumber().doubleValue());
    return difference > ROUNDING * largest;
  }

  /** [channels, size…] as the graph has it, for one example. */
  private static INDArray onMap(INDArray map, Flow out, SDVariable x) {
    int rank = map.rank() + 1;
    int[] order = new int[rank];
    int next = 2;
    for (int i = 1; i < rank; i++) {
      order[i] = i == out.channelAxis() ? 1 : next++;
    }
    long[] shape = new long[rank];
    shape[0] = 1;
    System.arraycopy(map.shape(), 0, shape, 1, map.rank());
    return map.dup('c').reshape(shape).permute(order).dup('c').castTo(x.dataType());
  }

  private SDVariable parameter(String like, String name, INDArray values) {
    return graph.getVariable(
        like.isEmpty() ? editor.addConstant(name, values) : editor.addLike(like, name, values));
  }

  /**
   * @param answer of the piece to zeros, at its one position
   */
  private SDVariable dense(
      String name, String like, SDVariable x, Convolution merged, INDArray answer, Flow in) {
    Convolution whole = merged.grouped(1).croppedTo(in.sizes(in.channelAxis()));
    INDArray matrix = in.flattened(whole.weights()).permute(1, 0).dup('c').castTo(x.dataType());
    boolean vector = shape(x.name()).length == 2;
    SDVariable read = vector ? x : graph.reshape(x, -1, matrix.size(0));
    SDVariable product = read.mmul(parameter(like, name + "_merged_weights", matrix));
    INDArray bias = answer.dup('c').reshape(answer.length()).castTo(x.dataType());
    return bias.neq(0).any() ? product.add(parameter(like, name + "_merged_bias", bias)) : product;
  }

  private static INDArray bias(Convolution merged, SDVariable x) {
    return Nd4j.createFromArray(merged.bias()).castTo(x.dataType());
  }

  private SDVariable convolution(
      String name, String like, SDVariable x, Convolution merged, boolean biased, Flow in) {
    int spatial = in.shape().size() - 1;
    boolean depthwise = merged.form().isDepthwise() && spatial == 2;
    Convolution written = depthwise ? merged : merged.grouped(1);
    INDArray kernel = kernel(written, depthwise).castTo(x.dataType());
    SDVariable weights = parameter(like, name + "_merged_weights", kernel);
    SDVariable bias =
        biased && merged.hasBias() ? parameter(like, name + "_merged_bias", bias(merged, x)) : null;
    SDVariable read = x;
    if (shape(x.name()).length != spatial + 2) {
      long[] shape = Stream.concat(Stream.of(-1L), in.shape().stream()).mapToLong(s -> s).toArray();
      read = graph.reshape(x, shape);
    }
    Form form = written.form();
    return new GraphConvolutions(graph, in.channelAxis())
        .write(read, weights, bias, form, in.sizes(in.channelAxis()));
  }

  /** From [O, I/G, k…] to [k…, I, O], or to [k, k, C, M] for output channel c·M + m. */
  private static INDArray kernel(Convolution merged, boolean depthwise) {
    INDArray weights = merged.weights();
    if (depthwise) {
      long channels = merged.inputs();
      long[] shape = weights.shape().clone();
      shape[0] = channels;
      shape[1] = merged.outputs() / channels;
      return weights.dup('c').reshape(shape).permute(2, 3, 0, 1).dup('c');
    }
    int rank = weights.rank();
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i < rank - 2 ? i + 2 : rank - 1 - i);
    return weights.permute(order).dup('c');
  }
}
