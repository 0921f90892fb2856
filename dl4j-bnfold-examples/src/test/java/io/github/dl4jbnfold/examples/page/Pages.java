package io.github.dl4jbnfold.examples.page;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.drawing.Sketch;
import io.github.dl4jbnfold.examples.drawing.Status;
import io.github.dl4jbnfold.examples.measure.Errors;
import io.github.dl4jbnfold.examples.model.ShapeModel;
import io.github.dl4jbnfold.examples.view.GraphView;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.nd4j.autodiff.samediff.SameDiff;

/** Folds to make pages of. */
final class Pages {
  /** Nothing of it may become a tag, an attribute or a script. */
  static final String NASTY = "</script><b onclick=\"x\">'&amp;\n层";

  private Pages() {}

  /** The network that ships with the module; two batch normalizations stay for weights only. */
  static FoldStudy shapes(boolean timed) {
    SameDiff before = ShapeModel.load();
    var folded =
        BatchNormFolding.foldCopy(
            before, FoldingOptions.defaults().objective(Objective.NO_NEW_OPERATORS));
    List<String> outputs = folded.report().outputs();
    return FoldStudy.of(
        "shapes.fb",
        new GraphView(before, outputs, Map.of()),
        new GraphView(folded.network(), outputs, Map.of()),
        folded.report(),
        timed);
  }

  /** Some hundred layers, and one batch normalization that stays. */
  static FoldStudy deep() {
    return study("deep", Sketch.residual(72, 30), "stays");
  }

  /** Names that are not to be trusted. */
  static FoldStudy nasty() {
    Sketch sketch = new Sketch();
    int x = sketch.node(NASTY, NASTY, Status.INPUT);
    sketch.node(NASTY + 1, NASTY, Status.KEPT, x);
    return study(NASTY, sketch, NASTY + 1);
  }

  private static FoldStudy study(String name, Sketch sketch, String kept) {
    KeptNorm norm = new KeptNorm(kept, Reason.SIGN_CONFLICT, NASTY, NASTY, List.of());
    FoldReport report =
        new FoldReport(
            true,
            2,
            List.of("norm2"),
            List.of(),
            1,
            List.of(),
            List.of(new RepairedOperator(NASTY, NASTY, NASTY)),
            List.of(),
            List.of(),
            List.of(norm),
            List.of(NASTY),
            9,
            8,
            1000,
            900,
            1e-9,
            1e-9,
            1);
    Errors errors = new Errors(new TreeMap<>(Map.of(-9, 5L, -7, 2L)), 3, 0, 1e-7);
    return new FoldStudy(
        name,
        report,
        "layer",
        List.of(sketch.drawing()),
        new FoldStudy.Memory(100, 90, 2_000_000, 1_000),
        Optional.of(new FoldStudy.ErrorsAndInputs(errors, 1)),
        Optional.empty());
  }
}
