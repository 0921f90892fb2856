package io.github.dl4jbnfold.samediff.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.GraphState;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PartitionMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.EmbeddingLookup;
import org.nd4j.linalg.factory.Nd4j;

/** Rows chosen from a constant table: the table takes what follows it. */
class EmbeddingTest {
  private static final int ROWS = 5;

  private static SDVariable indices(Net net, String name, long... shape) {
    return net.graph().placeHolder(name, DataType.INT32, shape);
  }

  /** [N, 7] indices, rows of 6 channels. */
  private static Node embedding(Net net) {
    SDVariable table = net.weight("table", ROWS, 6);
    return net.node(net.graph().gather("rows", table, indices(net, "i", -1, 7), 0), 6);
  }

  private static Node norm(Node rows, Gamma gamma) {
    return rows.batchNorm(gamma, 2, 6, 1e-3);
  }

  @Test
  void a_norm_behind_an_embedding_goes_into_the_table() {
    Fold.nchw(net -> norm(embedding(net), Gamma.MIXED).sigmoid())
        .removesAll()
        .leaves("gather", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_with_zeros_behind_an_embedding_goes_into_the_table() {
    Fold.nchw(net -> norm(embedding(net), Gamma.SOME_ZERO).sigmoid())
        .removesAll()
        .leaves("gather", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_behind_a_single_row_goes_into_the_table() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", ROWS, 6);
              SDVariable row = net.graph().gather("row", table, indices(net, "i", -1), 0);
              net.node(row, 6).batchNorm(Gamma.MIXED, 1, 6, 1e-3).sigmoid();
            })
        .removesAll()
        .leaves("gather", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_behind_rows_of_matrices_goes_into_the_table() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", ROWS, 4, 6);
              SDVariable rows = net.graph().gather("rows", table, indices(net, "i", -1), 0);
              norm(net.node(rows, 6), Gamma.MIXED).sigmoid();
            })
        .removesAll()
        .leaves("gather", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_behind_a_choice_along_the_middle_axis_goes_into_the_table() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", 4, ROWS, 6);
              SDVariable rows = net.graph().gather("rows", table, indices(net, "i", 3), -2);
              norm(net.node(rows, 6), Gamma.MIXED).sigmoid();
            })
        .removesAll()
        .leaves("gather", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_over_another_axis_of_the_rows_stays() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", ROWS, 6);
              SDVariable rows = net.graph().gather("rows", table, indices(net, "i", -1, 6), 0);
              net.node(rows, 6).batchNorm(Gamma.MIXED, 1, 6, 1e-3).sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_choice_of_columns_stays() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", 6, ROWS);
              SDVariable columns = net.graph().gather("columns", table, indices(net, "i", 3), 1);
              net.node(columns, 3).batchNorm(Gamma.MIXED, 1, 3, 1e-3).sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_behind_rows_of_a_computed_table_stays() {
    Fold.nchw(
            net -> {
              Node table = net.placeholder("x", ROWS, 6).sigmoid();
              SDVariable rows =
                  net.graph().gather("rows", table.variable(), indices(net, "i", 7), 0);
              net.node(rows, 6).batchNorm(Gamma.MIXED, 1, 6, 1e-3).sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_behind_an_embedding_lookup_goes_into_the_table() {
    Fold.nchw(
            net -> {
              SDVariable rows =
                  new EmbeddingLookup(
                          net.graph(),
                          net.weight("table", ROWS, 6),
                          indices(net, "i", 7),
                          PartitionMode.MOD)
                      .outputVariable();
              net.node(rows, 6).batchNorm(Gamma.MIXED, 1, 6, 1e-3).sigmoid();
            })
        .removesAll()
        .leaves("embedding_lookup", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_behind_the_sum_with_a_position_table_goes_into_the_tables() {
    Fold.nchw(
            net -> {
              Node rows = embedding(net);
              Node placed = rows.apply(6, v -> v.add("placed", net.weight("positions", 7, 6)));
              norm(placed, Gamma.MIXED).sigmoid();
            })
        .removesAll()
        .leaves("gather", "add", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_between_a_position_table_and_a_dense_layer_goes_away() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", ROWS, 6);
              SDVariable rows = net.graph().gather("rows", table, indices(net, "i", 7), 0);
              net.node(rows.add("placed", net.weight("positions", 7, 6)), 6)
                  .batchNorm(Gamma.SOME_ZERO, 1, 6, 1e-3)
                  .dense(3)
                  .sigmoid();
            })
        .removesAll()
        .leaves("gather", "add", "xw_plus_b", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_behind_a_sum_of_two_embeddings_goes_into_both_tables() {
    Fold.nchw(
            net -> {
              SDVariable positions = net.weight("positions", ROWS, 6);
              SDVariable place =
                  net.graph().gather("place", positions, indices(net, "p", -1, 7), 0);
              norm(embedding(net).apply(6, v -> v.add("placed", place)), Gamma.MIXED).sigmoid();
            })
        .removesAll()
        .leaves("gather", "gather", "add", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void the_other_embedding_of_a_shared_table_is_left_alone() {
    INDArray values = Nd4j.rand(DataType.DOUBLE, ROWS, 6);
    Fold fold =
        Fold.nchw(
            net -> {
              SDVariable table = net.graph().var("table", values.dup());
              SDVariable first = net.graph().gather("first", table, indices(net, "i", -1, 7), 0);
              SDVariable second = net.graph().gather("second", table, indices(net, "j", -1, 3), 0);
              norm(net.node(first, 6), Gamma.MIXED).sigmoid();
              net.node(second, 6).sigmoid();
            });
    fold.removesAll()
        .leaves("gather", "gather", "sigmoid", "sigmoid")
        .equalOutputs()
        .isIdempotent();
    GraphState.areSameBits("table", fold.graph().getVariable("table").getArr(), values);
  }

  @Test
  void two_norms_behind_a_shared_table_get_a_table_each() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", ROWS, 6);
              SDVariable first = net.graph().gather("first", table, indices(net, "i", -1, 7), 0);
              SDVariable second = net.graph().gather("second", table, indices(net, "j", -1, 3), 0);
              norm(net.node(first, 6), Gamma.MIXED).sigmoid();
              norm(net.node(second, 6), Gamma.MIXED).sigmoid();
            })
        .removesAll()
        .leaves("gather", "gather", "sigmoid", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_table_that_is_also_the_output_matrix_is_copied() {
    Fold.nchw(
            net -> {
              SDVariable table = net.weight("table", ROWS, 6);
              SDVariable rows = net.graph().gather("rows", table, indices(net, "i", 7), 0);
              net.node(rows, 6)
                  .batchNorm(Gamma.MIXED, 1, 6, 1e-3)
                  .sigmoid()
                  .apply(ROWS, v -> net.graph().mmul("scores", v, table, false, true, false));
            })
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_table_that_is_a_requested_output_keeps_its_values() {
    Fold fold =
        Fold.nchw(
            net -> {
              norm(embedding(net), Gamma.MIXED).sigmoid().output();
              net.node(net.graph().getVariable("table")).output();
            });
    fold.removesAll().equalOutputs();
  }

  @Test
  void a_norm_stays_whose_embedding_is_a_requested_output() {
    Fold.nchw(
            net -> {
              Node rows = embedding(net).output();
              norm(rows, Gamma.MIXED).sigmoid().output();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void the_shift_of_a_masked_embedding_stays_outside() {
    Fold.nchw(
            net -> {
              SDVariable mask = net.placeholder("mask", -1, 7, 1).variable();
              norm(embedding(net).apply(6, v -> v.mul("masked", mask)), Gamma.MIXED).sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void the_factors_of_a_masked_embedding_go_into_the_table() {
    Fold.nchw(
            net -> {
              SDVariable mask = net.placeholder("mask", -1, 7, 1).variable();
              embedding(net)
                  .apply(6, v -> v.mul("masked", mask))
                  .apply(6, v -> v.mul("scaled", net.constant("k", 6)))
                  .sigmoid();
            })
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_table_is_rounded_once_to_its_own_type() {
    INDArray table = Nd4j.rand(DataType.FLOAT, ROWS, 6);
    Fold fold =
        Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net -> {
              SDVariable rows =
                  net.graph()
                      .gather(
                          "rows", net.graph().var("table", table.dup()), indices(net, "i", 7), 0);
              net.node(rows, 6).batchNorm(Gamma.MIXED, 1, 6, 1e-3).sigmoid();
            },
            options -> options);
    fold.removesAll().leaves("gather", "sigmoid").equalOutputs();
    assertThat(fold.graph().getVariable("table").dataType()).isEqualTo(DataType.FLOAT);
  }
}
