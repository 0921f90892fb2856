package io.github.dl4jbnfold.docs;

import io.github.dl4jbnfold.docs.SampleNetwork.Layer;
import io.github.dl4jbnfold.gauge.ConstantChannels;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Bound;
import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.Concatenation;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantField;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.ConstantTable;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Juxtaposition;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.graph.MaxPool;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Product;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import io.github.dl4jbnfold.graph.ZeroPadding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * One instance of every operator in each of its forms. Scales are 3, shifts 5, coefficients 7 and
 * 11, which {@link DemandText} writes as symbols.
 */
final class OperatorSamples {
  private static final Tensor IN = tensor("in");
  private static final Tensor OUT = tensor("out");
  private static final Tensor ONE = tensor("1");
  private static final Tensor TWO = tensor("2");
  private static final Tensor GATE = tensor("gate");
  private static final Tensor BOTH = new Tensor(0, "out", 2 * SampleNetwork.CHANNELS);

  private OperatorSamples() {}

  /**
   * A form of an operator.
   *
   * @param row the operator
   * @param when what tells it from the other forms; empty where there is one form
   */
  record Form(Class<? extends Operator> row, String when, Consumer<Demands> demand) {
    static Form of(Operator operator, String when) {
      return new Form(operator.getClass(), when, operator::demand);
    }
  }

  /** Every operator where it stays what it is. */
  static List<Form> staying() {
    List<Form> forms = new ArrayList<>();
    forms.add(Form.of(linear(Border.NONE), "reads no zeros"));
    forms.add(Form.of(linear(Border.ZERO_PADDED), "reads zeros"));
    forms.add(Form.of(linear(Border.TRANSPOSED), "transposed"));
    forms.add(
        kept(linear(Linear.BiasSlot.NEEDS_OPERATOR), "without a bias, and no operator added"));
    forms.add(kept(linear(Linear.BiasSlot.NUMBER), "its bias a number that stays one"));
    forms.add(Form.of(norm(3).apply(IN, OUT), ""));
    ConstantMultiply multiply = new ConstantMultiply("", IN, OUT, all(3));
    forms.add(Form.of(multiply, "with an addition behind it"));
    forms.add(new Form(ConstantMultiply.class, "without one", multiply::demandWithoutAddition));
    forms.add(kept(new ConstantMultiply("", IN, OUT, all(3), true), "a number that stays one"));
    forms.add(Form.of(new ConstantAdd("", IN, OUT, all(5)), "a constant"));
    forms.add(kept(new ConstantAdd("", IN, OUT, all(5), true), "a number that stays one"));
    forms.add(Form.of(new Normalizer("", IN, OUT, all(3), all(5)), "it never stays"));
    int[] map = {2, 3, 0, ChannelMap.ZERO};
    List.of(
            new ConstantField("", IN, OUT),
            new ConstantTable("", "", OUT),
            new Combination("", "", List.of(ONE, TWO), List.of(7.0, 11.0), OUT),
            new Concatenation("", List.of(ONE, TWO), BOTH),
            new Juxtaposition("", List.of(ONE, TWO), OUT),
            new ChannelMap("", "", IN, OUT, ChannelMap.Direction.OUTPUT_TO_INPUT, map),
            new Product("", IN, GATE, OUT),
            new Rectifier("", "", IN, OUT),
            new Clip("", "", IN, OUT, 0, 6),
            new Bound("", IN, OUT, true, all(0)),
            new MaxPool("", "", IN, OUT),
            new Carrier("", "", IN, OUT),
            new ZeroPadding("", "", IN, OUT),
            new Wall("", "", List.of(IN), List.of(OUT)))
        .forEach(operator -> forms.add(Form.of(operator, "")));
    return forms;
  }

  /** Every affine operator where it is gone; its neighbours decide where a scale is 0. */
  static List<Form> removed() {
    return List.of(
        removed(norm(3), "s ≠ 0", SampleNetwork::wall, SampleNetwork::wall),
        removed(
            norm(0),
            "s = 0 behind linear operators, tables and sums of them that nothing else reads",
            SampleNetwork::dense,
            SampleNetwork::wall),
        removed(
            norm(0), "s = 0 before linear operators", SampleNetwork::wall, SampleNetwork::dense),
        removed(norm(0), "s = 0 before clamps", SampleNetwork::wall, SampleNetwork::relu),
        removed(
            (x, y) -> new ConstantMultiply("", x, y, all(3)),
            "s ≠ 0; else as a batch normalization",
            SampleNetwork::wall,
            SampleNetwork::wall),
        removed(
            (x, y) -> new ConstantAdd("", x, y, all(5)),
            "",
            SampleNetwork::wall,
            SampleNetwork::wall),
        removed(
            (x, y) -> new Normalizer("", x, y, all(3), all(5)),
            "s ≠ 0; else as a batch normalization",
            SampleNetwork::wall,
            SampleNetwork::wall));
  }

  private static Form removed(
      BiFunction<Tensor, Tensor, Removable> operator, String when, Layer before, Layer after) {
    SampleNetwork net = new SampleNetwork();
    Tensor in = before.add(net, net.input(), "in");
    Tensor out = net.tensor("out");
    Removable removable = operator.apply(in, out);
    net.add(removable);
    net.output(after.add(net, out, "end"));
    Graph graph = net.graph();
    Removal removal = Removal.of(graph, removable, new ConstantChannels(graph), true).get(0);
    if (removal.stuckChannel().isPresent()) {
      throw new IllegalStateException("A sample cannot go: " + when + ".");
    }
    return new Form(removable.getClass(), when, removal::demand);
  }

  private static BiFunction<Tensor, Tensor, Removable> norm(double scale) {
    return (x, y) -> new BatchNorm("", x, y, all(scale), all(5));
  }

  /** An operator that stays, and no new one is allowed. */
  private static Form kept(Operator operator, String when) {
    return new Form(operator.getClass(), when, operator::demandWithoutNewOperator);
  }

  private static Linear linear(Border border) {
    return new Linear("", "", IN, OUT, border, Linear.BiasSlot.OPEN);
  }

  private static Linear linear(Linear.BiasSlot bias) {
    return new Linear("", "", IN, OUT, Border.NONE, bias);
  }

  private static Tensor tensor(String name) {
    return new Tensor(0, name, SampleNetwork.CHANNELS);
  }

  private static double[] all(double number) {
    double[] channels = new double[SampleNetwork.CHANNELS];
    Arrays.fill(channels, number);
    return channels;
  }
}
