package io.github.dl4jbnfold.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostFolderTest {
  private static final Path HOME = Path.of("home").toAbsolutePath();

  @Test
  void each_system_has_its_place_for_what_may_be_lost() {
    assertThat(CostFolder.path(Map.of(), "Linux", HOME))
        .isEqualTo(HOME.resolve(".cache/dl4j-bnfold"));
    assertThat(CostFolder.path(Map.of(), "Mac OS X", HOME))
        .isEqualTo(HOME.resolve("Library/Caches/dl4j-bnfold"));
    assertThat(CostFolder.path(Map.of(), "Windows 11", HOME))
        .isEqualTo(HOME.resolve("AppData/Local/dl4j-bnfold"));
    String local = HOME.resolve("local").toString();
    assertThat(CostFolder.path(Map.of("LOCALAPPDATA", local), "Windows 11", HOME))
        .isEqualTo(Path.of(local, "dl4j-bnfold"));
  }

  @Test
  void the_environment_may_name_the_place_if_it_is_absolute() {
    String cache = HOME.resolve("elsewhere").toString();
    assertThat(CostFolder.path(Map.of("XDG_CACHE_HOME", cache), "Linux", HOME))
        .isEqualTo(Path.of(cache, "dl4j-bnfold"));
    for (String ignored : new String[] {"", "relative"}) {
      assertThat(CostFolder.path(Map.of("XDG_CACHE_HOME", ignored), "Linux", HOME))
          .isEqualTo(HOME.resolve(".cache/dl4j-bnfold"));
    }
  }

  @Test
  void the_name_of_a_machines_file_fits_every_file_system() {
    Machine machine = new Machine("CpuBackend", "1.0.0-M2.1", 2, "Chip(R) 9/8: \"fast\" @ 3 GHz");
    assertThat(CostFolder.file(machine).getFileName())
        .hasToString("costs-cpubackend-1.0.0-m2.1-2-threads-chip-r-9-8-fast-3-ghz.json");
  }
}
