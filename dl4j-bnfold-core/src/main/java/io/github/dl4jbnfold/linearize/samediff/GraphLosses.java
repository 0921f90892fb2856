package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.train.LabelKind;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/** What the losses of a graph make of its labels. */
final class GraphLosses {
  private static final Set<String> OF_CLASSES =
      Set.of("softmax_cross_entropy_loss", "softmax_cross_entropy_loss_with_logits");

  /** Losses of predictions and, last, labels that are affine in the labels but for squares. */
  private static final Set<String> AFFINE =
      Set.of(
          "softmax_cross_entropy_loss",
          "softmax_cross_entropy_loss_with_logits",
          "sigm_cross_entropy_loss",
          "log_loss",
          "mean_sqerr_loss");

  private static final Set<String> LINEAR =
      Set.of(
          "identity",
          "cast",
          "reshape",
          "permute",
          "neg",
          "reduce_sum",
          "reduce_mean",
          "add",
          "subtract",
          "reversesubtract",
          "add_scalar",
          "sub_scalar",
          "rsub_scalar",
          "mul_scalar",
          "div_scalar");

  private final SameDiff graph;
  private final List<Op> ops;

  GraphLosses(SameDiff graph, Collection<String> losses) {
    this.graph = graph;
    ops = OpOrder.of(graph, losses);
  }

  /** What a label has to be. */
  LabelKind kind(String label) {
    boolean classes =
        ops.stream().anyMatch(op -> OF_CLASSES.contains(op.type()) && label.equals(last(op)));
    return classes ? LabelKind.ONE_HOT : LabelKind.NUMBERS;
  }

  private static String last(Op op) {
    return op.input(op.inputs().size() - 1);
  }

  /** How a variable depends on labels. */
  private enum Form {
    /** A multiple of the label, the same whatever the parameters are, and something else. */
    LABEL,
    /** Affine in the label, or that and a square of it that no parameter multiplies. */
    AFFINE
  }

  /**
   * The operator that makes the gradients of the losses something else than affine functions of
   * labels; nothing if there is none. Only what is known to be affine is.
   */
  Optional<Op> bent(Collection<String> labels) {
    Map<String, Form> forms = new HashMap<>();
    labels.forEach(label -> forms.put(label, Form.LABEL));
    for (Op op : ops) {
      Set<String> fed = new HashSet<>(op.inputs());
      fed.retainAll(forms.keySet());
      if (!fed.isEmpty()) {
        Optional<Form> form = form(op, fed, forms);
        if (form.isEmpty()) {
          return Optional.of(op);
        }
        op.outputs().forEach(output -> forms.put(output, form.get()));
      }
    }
    return Optional.empty();
  }

  private Optional<Form> form(Op op, Set<String> fed, Map<String, Form> forms) {
    boolean plain = fed.stream().allMatch(input -> forms.get(input) == Form.LABEL);
    boolean once = op.inputs().stream().filter(fed::contains).count() == 1;
    if (LINEAR.contains(op.type())) {
      return Optional.of(plain ? Form.LABEL : Form.AFFINE);
    } else if (AFFINE.contains(op.type())) {
      return plain && once && fed.contains(last(op)) ? Optional.of(Form.AFFINE) : Optional.empty();
    }
    return switch (op.type()) {
      case "square", "squaredsubtract" ->
          plain && once ? Optional.of(Form.AFFINE) : Optional.empty();
      case "multiply" -> once ? Optional.of(times(op, fed, plain)) : Optional.empty();
      case "divide" ->
          once && fed.contains(op.input(0)) ? Optional.of(times(op, fed, plain)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Form times(Op op, Set<String> fed, boolean plain) {
    boolean fixed =
        op.inputs().stream()
            .filter(input -> !fed.contains(input))
            .allMatch(in -> graph.getVariable(in).getVariableType() == VariableType.CONSTANT);
    return plain && fixed ? Form.LABEL : Form.AFFINE;
  }
}
