package io.github.dl4jbnfold;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the arrows between the packages. A new package gets a row in {@link #ARROWS}; an arrow that
 * is missing here is missing on purpose, so think twice before you add one.
 */
class ArchitectureTest {
  private static final String ROOT = "io.github.dl4jbnfold";

  /** Package to the packages of the project that it may use. The root package may use them all. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          Map.entry("graph", List.of()),
          Map.entry("cost", List.of()),
          Map.entry("layers", List.of()),
          Map.entry("gauge", List.of("graph")),
          Map.entry("plan", List.of("gauge", "graph")),
          Map.entry("rewrite", List.of("gauge", "graph")),
          Map.entry("verify", List.of("gauge", "graph")),
          Map.entry("report", List.of("plan", "gauge", "graph")),
          Map.entry("samediff", List.of("cost", "plan", "gauge", "graph", "rewrite", "verify")),
          Map.entry("file", List.of()),
          Map.entry(
              "linearize", List.of("network", "samediff", "cost", "layers", "verify", "report")),
          Map.entry("network", List.of("layers", "plan", "gauge", "graph", "rewrite", "verify")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

  @Test
  void every_package_has_its_row_of_arrows() {
    Set<String> packages = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (!type.getPackageName().equals(ROOT)) {
        packages.add(type.getPackageName().substring(ROOT.length() + 1).split("\\.")[0]);
      }
    }
    assertThat(packages).as("packages of the project").isSubsetOf(ARROWS.keySet());
  }

  @Test
  void graph_depends_on_no_other_package() {
    checkArrows("graph");
  }

  @Test
  void cost_depends_on_no_other_package() {
    checkArrows("cost");
  }

  @Test
  void layers_depend_on_no_other_package() {
    checkArrows("layers");
  }

  @Test
  void network_depends_on_everything_but_samediff_the_root_and_the_report() {
    checkArrows("network");
  }

  @Test
  void gauge_depends_on_graph_only() {
    checkArrows("gauge");
  }

  @Test
  void plan_depends_on_gauge_and_graph_only() {
    checkArrows("plan");
  }

  @Test
  void rewrite_depends_on_gauge_and_graph_only() {
    checkArrows("rewrite");
  }

  @Test
  void verify_depends_on_gauge_and_graph_only() {
    checkArrows("verify");
  }

  @Test
  void report_depends_on_plan_and_graph_only() {
    checkArrows("report");
  }

  @Test
  void samediff_depends_on_everything_but_the_root_and_the_report() {
    checkArrows("samediff");
  }

  @Test
  void packages_form_no_cycle() {
    check(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
  }

  @Test
  void graph_gauge_plan_and_report_know_neither_ND4J_nor_DL4J() {
    check(
        noClasses()
            .that(resideInAnyPackage(trees("graph", "gauge", "plan", "report")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.eclipse..")));
  }

  @Test
  void rewrite_knows_of_ND4J_the_arrays_only() {
    check(
        noClasses()
            .that(resideInAnyPackage(trees("rewrite")))
            .should()
            .dependOnClassesThat(
                resideInAPackage("org.nd4j..")
                    .and(not(resideInAnyPackage("org.nd4j.linalg..", "org.nd4j.common..")))
                    .or(resideInAPackage("org.deeplearning4j.."))));
  }

  @Test
  void only_samediff_verify_cost_layer_folding_of_graphs_and_the_root_touch_SameDiff() {
    check(
        noClasses()
            .that(
                not(resideInAnyPackage(trees("samediff", "verify", "cost", "linearize.samediff"))))
            .and(not(resideInAPackage(ROOT)))
            .should()
            .dependOnClassesThat(resideInAPackage("org.nd4j.autodiff..")));
  }

  @Test
  void nothing_depends_on_the_examples() {
    check(noClasses().should().dependOnClassesThat(resideInAPackage(ROOT + ".examples..")));
  }

  /** Fails if the package uses a class of the project outside itself and its row of arrows. */
  private static void checkArrows(String name) {
    String[] allowed =
        trees(Stream.concat(Stream.of(name), ARROWS.get(name).stream()).toArray(String[]::new));
    DescribedPredicate<JavaClass> forbidden =
        resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed)));
    check(
        noClasses()
            .that(resideInAnyPackage(trees(name)))
            .should()
            .dependOnClassesThat(forbidden)
            .because("its arrows go to " + ARROWS.get(name)));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }

  /** The packages with all that lies below them, as ArchUnit writes it. */
  private static String[] trees(String... names) {
    return Stream.of(names).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
  }
}
