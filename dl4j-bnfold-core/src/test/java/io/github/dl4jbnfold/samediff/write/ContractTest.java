package io.github.dl4jbnfold.samediff.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;

/** What a rewritten graph looks like: names, kinds of variables, nothing left over. */
class ContractTest {
  private static VariableType type(Fold fold, String name) {
    return fold.graph().getVariable(name).getVariableType();
  }

  @Test
  void requested_names_survive_and_others_of_the_norm_are_gone() {
    Fold fold =
        Fold.nchw(
            net -> {
              Node norm = net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm().output();
              norm.relu().conv(5, 3, Padding.SAME).batchNorm().sigmoid().output();
            });
    fold.removesAll().equalOutputs();
    assertThat(fold.report().outputs()).containsExactly("bn", "sigmoid");
    assertThat(fold.graph().variableMap().keySet())
        .contains("bn", "sigmoid")
        .noneMatch(name -> name.startsWith("bn.") || name.startsWith("bn_1."));
  }

  @Test
  void the_outputs_of_an_unmarked_graph_are_what_nothing_reads() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm());
    assertThat(fold.report().outputs()).containsExactly("bn");
  }

  @Test
  void two_norms_in_a_row_leave_the_last_name_when_it_is_an_output() {
    Fold fold =
        Fold.nchw(net -> net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm().batchNorm());
    fold.removesAll().equalOutputs();
    assertThat(fold.graph().hasVariable("bn_1")).isTrue();
  }

  @Test
  void a_norm_of_an_input_that_is_an_output_of_nothing_else_disappears() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).batchNorm().conv(4, 3, Padding.VALID));
    fold.removesAll();
    assertThat(fold.graph().variableMap().keySet()).contains("x0", "conv").doesNotContain("bn");
    assertThat(fold.graph().placeHolders()).extracting(SDVariable::name).containsExactly("x0");
  }

  @Test
  void variables_stay_variables() {
    Fold fold =
        Fold.nchw(net -> net.image(3, 9, 7).conv(4, 3, Padding.SAME, 1, 1, true).batchNorm());
    assertThat(type(fold, "W")).isEqualTo(VariableType.VARIABLE);
    assertThat(type(fold, "b")).isEqualTo(VariableType.VARIABLE);
  }

  @Test
  void constants_stay_constants_and_a_new_bias_is_one() {
    Fold fold = Fold.nchw(net -> frozen(net).batchNorm());
    fold.removesAll().equalOutputs();
    assertThat(fold.graph().variables())
        .filteredOn(v -> v.getVariableType() == VariableType.VARIABLE)
        .isEmpty();
    assertThat(type(fold, "W")).isEqualTo(VariableType.CONSTANT);
    assertThat(type(fold, bias(fold))).isEqualTo(VariableType.CONSTANT);
  }

  private static Node frozen(Net net) {
    SDVariable weights = net.constant("W", 3, 3, 3, 4);
    return net.image(3, 9, 7).conv(weights, 4, Padding.SAME, 1, 1, false);
  }

  @Test
  void a_new_bias_of_trainable_weights_is_trainable() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm());
    assertThat(type(fold, bias(fold))).isEqualTo(VariableType.VARIABLE);
  }

  @Test
  void a_new_addition_behind_a_product_is_as_trainable_as_its_weights() {
    Fold fold = Fold.nchw(net -> net.placeholder("x", -1, 6).matmul(4).batchNorm());
    fold.removesAll().leaves("matmul", "add");
    List<String> inputs =
        fold.graph().getOps().values().stream()
            .filter(op -> op.getOp().opName().equals("add"))
            .findFirst()
            .orElseThrow()
            .getInputsToOp();
    assertThat(type(fold, inputs.get(1))).isEqualTo(VariableType.VARIABLE);
  }

  private static String bias(Fold fold) {
    return fold.graph().getOps().values().iterator().next().getInputsToOp().get(2);
  }

  @Test
  void weights_that_a_graph_computes_from_constants_are_stored() {
    Fold fold =
        Fold.nchw(
            net -> {
              SDVariable stored = net.constant("OIYX", 4, 3, 3, 3);
              SDVariable weights = stored.permute(2, 3, 1, 0);
              Conv2DConfig config = Conv2DConfig.builder().kH(3).kW(3).build();
              net.image(3, 9, 7)
                  .apply(4, v -> net.graph().cnn().conv2d("conv", v, weights, config))
                  .batchNorm();
            });
    fold.removesAll().leaves("conv2d").equalOutputs();
    assertThat(fold.graph().hasVariable("OIYX")).isFalse();
  }

  @Test
  void orphaned_operators_and_variables_are_gone() {
    Fold fold =
        Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              conv.sigmoid().conv(2, 1, Padding.VALID);
              conv.batchNorm().output();
            });
    fold.removesAll().leaves("conv2d").equalOutputs();
    assertThat(fold.graph().variableMap()).hasSize(4);
    assertThat(fold.graph().getConstantArrays().arrayNames()).isEmpty();
    assertThat(fold.graph().getVariablesArrays().arrayNames()).hasSize(2);
  }

  @Test
  void a_placeholder_and_a_variable_that_nothing_reads_stay() {
    Fold fold =
        Fold.nchw(
            net -> {
              net.placeholder("unused", -1, 2);
              net.weight("spare", 3);
              net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm().output();
            });
    assertThat(fold.graph().hasVariable("spare")).isTrue();
    assertThat(fold.graph().hasVariable("unused")).isTrue();
  }

  @Test
  void readers_and_producers_of_every_variable_agree_with_the_operators() {
    Fold fold =
        Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(6, 3, Padding.SAME);
              Node y = x.batchNorm(Gamma.POSITIVE).relu().conv(6, 3, Padding.SAME);
              x.add(y).batchNorm(Gamma.POSITIVE).relu().conv(2, 3, Padding.SAME).output();
            });
    fold.removesAll().equalOutputs();
    isConsistent(fold.graph());
  }

  private static void isConsistent(SameDiff graph) {
    graph
        .getOps()
        .forEach(
            (name, op) -> {
              for (String input : op.getInputsToOp()) {
                assertThat(graph.getVariables().get(input).getInputsForOp())
                    .as("readers of %s", input)
                    .contains(name);
              }
              for (int i = 0; i < op.getOutputsOfOp().size(); i++) {
                String output = op.getOutputsOfOp().get(i);
                assertThat(graph.getVariables().get(output).getOutputOfOp()).isEqualTo(name);
                assertThat(op.getOp().outputVariables()[i].name()).isEqualTo(output);
              }
            });
    graph
        .getVariables()
        .forEach(
            (name, variable) -> {
              if (variable.getInputsForOp() != null) {
                assertThat(graph.getOps().keySet())
                    .as("readers of %s exist", name)
                    .containsAll(variable.getInputsForOp());
              }
            });
  }

  @Test
  void shared_weights_are_copied_for_the_operator_that_needs_others() {
    Fold fold =
        Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 6, 6);
              Node x = net.placeholder("x", -1, 6);
              x.apply(6, v -> v.mmul("one", weights)).batchNorm().output();
              x.apply(6, v -> v.mmul("two", weights)).sigmoid().output();
            });
    fold.removesAll().equalOutputs();
    assertThat(fold.graph().hasVariable("W")).isTrue();
    assertThat(fold.graph().variables())
        .filteredOn(v -> v.getVariableType() == VariableType.VARIABLE)
        .hasSize(3);
  }

  @Test
  void a_second_fold_changes_nothing() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(6, 3, Padding.SAME).batchNorm().sigmoid();
              x.batchNorm().sigmoid().output();
              x.batchNorm().multiplyConstant().addConstant().sigmoid().output();
              x.batchNorm().conv(4, 3, Padding.VALID).batchNorm().output();
            })
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_graph_without_norms_is_not_touched() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).conv(6, 3, Padding.SAME).relu());
    fold.leaves("conv2d", "relu").equalOutputs();
    assertThat(fold.report().batchNorms()).isZero();
    assertThat(fold.report().removed()).isEmpty();
    assertThat(fold.report().kept()).isEmpty();
  }
}
