package io.github.dl4jbnfold.examples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** Holds the arrows between this module's packages that docs/architecture.md tells of. */
class RoomsTest {
  private static final String ROOT = "io.github.dl4jbnfold.examples";
  private static final String COMMAND = ROOT + ".command";

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

  @Test
  void packages_use_each_other_without_cycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    slices().matching(COMMAND + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void nothing_knows_the_command_line() {
    noClasses()
        .that()
        .resideOutsideOfPackage(COMMAND + "..")
        .should()
        .dependOnClassesThat(resideInAPackage(COMMAND + ".."))
        .check(CLASSES);
  }

  @Test
  void what_all_subcommands_share_knows_none_of_them() {
    noClasses()
        .that()
        .resideInAnyPackage(COMMAND + ".console", COMMAND + ".model")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            COMMAND, COMMAND + ".fold", COMMAND + ".linearize", COMMAND + ".notebook")
        .check(CLASSES);
  }
}
