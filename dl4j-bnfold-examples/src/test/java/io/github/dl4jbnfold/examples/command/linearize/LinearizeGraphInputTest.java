package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.Bnfold;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** What {@code bnfold linearize} refuses of SameDiff graphs, in one sentence each. */
class LinearizeGraphInputTest {
  @TempDir Path folder;
  private Path rows;

  @BeforeEach
  void data() throws Exception {
    rows = new LinearizeFiles(folder).rows(60);
  }

  private void refuses(LinearizeGraphs net, int code, Object... words) {
    Path file = net.save(folder);
    Bnfold.run("linearize", file, "--data", rows, "--unit", "depth").fails(code, words);
    file.toFile().delete();
  }

  @Test
  void several_results_without_a_name() {
    LinearizeGraphs net = LinearizeGraphs.classes();
    net.graph.math().neg("opposite", net.variable("d1"));
    refuses(net, 2, "model.fb", "probabilities, opposite", "--output");
  }

  @Test
  void names_that_there_are_not() {
    Path file = LinearizeGraphs.classes().save(folder);
    Bnfold.run("linearize", file, "--dry-run", "--output", "logits")
        .fails(2, file, "'logits'", "probabilities");
    Bnfold.run("linearize", file, "--dry-run", "--shape", "image=2,4")
        .fails(2, file, "'image'", "Its inputs are: in");
    Bnfold.run("linearize", file, "--dry-run", "--shape", "in=2,5")
        .fails(2, file, "'in' declares the shape [-1, 4], not [2, 5]");
  }

  @Test
  void results_that_tell_no_classes_apart() {
    LinearizeGraphs relu = LinearizeGraphs.dense(DataType.FLOAT, 3);
    refuses(relu.then(x -> relu.graph.nn().relu("end", x, 0)), 1, "'end'", "relu", "--output");
    LinearizeGraphs many = LinearizeGraphs.dense(DataType.FLOAT, 3);
    refuses(many.then(x -> many.graph.nn().sigmoid("end", x)), 1, "'end'", "sigmoid");
    refuses(LinearizeGraphs.dense(DataType.FLOAT, 1), 1, "'scores'", "one number, no sigmoid");
    LinearizeGraphs vector = LinearizeGraphs.dense(DataType.FLOAT, 3);
    refuses(vector.then(x -> x.sum("end", 1)), 1, "'end'", "not a row for each example");
  }

  @Test
  void several_inputs() {
    LinearizeGraphs net = LinearizeGraphs.dense(DataType.FLOAT, 3);
    SDVariable more = net.graph.placeHolder("more", DataType.FLOAT, -1, 3);
    refuses(net.then(x -> x.add("sum", more)), 1, "'sum'", "in, more", "one input");
  }

  @Test
  void batches_of_one_size() {
    refuses(LinearizeGraphs.images(true, 1, 3, 8, 8), 1, "[1, 3, 8, 8]", "open batch size");
  }

  @Test
  void sizes_that_nobody_states() {
    refuses(LinearizeGraphs.images(true, -1, 3, -1, -1), 2, "'image'", "--shape image=");
    refuses(LinearizeGraphs.undeclared(), 1, "state the shapes");
  }

  @Test
  void a_loss_without_labels() {
    LinearizeGraphs net = LinearizeGraphs.classes();
    net.variable("scores").std("loss", true);
    net.graph.setLossVariables("loss");
    refuses(net, 1, "[loss]", "no labels");
  }

  @Test
  void a_loss_of_numbers_of_classes() {
    LinearizeGraphs net = LinearizeGraphs.classes();
    SDVariable label = net.graph.placeHolder("label", DataType.INT32, -1);
    net.graph.loss().sparseSoftmaxCrossEntropy("loss", net.variable("scores"), label);
    net.graph.setLossVariables("loss");
    refuses(net, 1, "'label' are INT", "one for each class");
  }

  /** Nothing merges through what turns channels to the end and back. */
  @Test
  void graphs_in_which_nothing_merges() throws Exception {
    rows = new LinearizeFiles(folder).images();
    refuses(LinearizeGraphs.imported(), 1, "can merge and save depth", "--dry-run");
  }

  @Test
  void lines_that_graphs_do_not_have() {
    Path file = LinearizeGraphs.classes().save(folder);
    Bnfold.run("linearize", file, "--dry-run", "--end-point", "closed-form")
        .fails(2, file, "--end-point closed-form");
  }

  @Test
  void a_batch_normalization_that_stays() {
    LinearizeGraphs net = LinearizeGraphs.dense(DataType.FLOAT, 3);
    SDVariable cube = net.graph.math().tanh(net.variable("in"));
    SDVariable norm =
        net.graph
            .nn()
            .batchNorm(
                "norm",
                cube,
                net.graph.constant(net.gaussian(1, 4)),
                net.graph.constant(Nd4j.ones(DataType.FLOAT, 4)),
                net.graph.constant(net.gaussian(1, 4)),
                net.graph.constant(net.gaussian(1, 4)),
                1e-5,
                1);
    SDVariable end = net.graph.math().tanh(norm).sum("size", true, 1);
    refuses(net.then(x -> x.add("end", end)), 1, "'norm' stays", "cannot train");
  }

  @Test
  void constants_that_are_no_weights() {
    refuses(LinearizeGraphs.scaled(), 1, "no weights that can be trained", "convertConstants");
  }

  @Test
  void labels_of_more_classes_than_the_graph_has() {
    refuses(LinearizeGraphs.dense(DataType.FLOAT, 2).softmax(), 1, "3 classes", "tells 2 apart");
  }

  @Test
  void operators_without_a_gradient() {
    LinearizeGraphs net = LinearizeGraphs.dense(DataType.FLOAT, 3);
    SDVariable order = net.graph.constant(Nd4j.createFromArray(0, 1, 2));
    refuses(
        net.then(x -> net.graph.nn().softmax("end", net.graph.gather(x, order, 1), 1)),
        1,
        "ND4J cannot train");
  }
}
