package io.github.dl4jbnfold.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JupyterKernelTest {
  @TempDir Path folder;

  @Test
  void the_specification_names_java_the_jar_and_the_class_path_of_this_program() throws Exception {
    Path kernel = JupyterKernel.forThisProgram(null).install(folder);
    assertThat(kernel).isEqualTo(folder.resolve("kernels").resolve("dl4j-bnfold"));
    JsonNode json = new ObjectMapper().readTree(kernel.resolve("kernel.json").toFile());
    Path java = Path.of(json.at("/argv/0").asText());
    assertThat(java).isExecutable();
    assertThat(json.get("argv")).extracting(JsonNode::asText).endsWith("{connection_file}");
    assertThat(json.get("argv")).extracting(JsonNode::asText).contains(KernelMain.class.getName());
    assertThat(json.get("display_name").asText()).isEqualTo("Java (dl4j-bnfold)");
    assertThat(json.get("language").asText()).isEqualTo("java");
    assertThat(json.get("interrupt_mode").asText()).isEqualTo("message");
    List<String> classPath = List.of(json.at("/env/CLASSPATH").asText().split(File.pathSeparator));
    assertThat(classPath).first().isEqualTo(kernel.resolve(JupyterKernel.JAR).toString());
    assertThat(classPath).allSatisfy(entry -> assertThat(Path.of(entry)).isAbsolute());
    assertThat(classPath)
        .containsAll(
            List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                .filter(entry -> Path.of(entry).isAbsolute())
                .toList());
  }

  @Test
  void the_jar_that_the_build_put_beside_is_the_one_that_is_installed() throws Exception {
    JupyterKernel kernel = JupyterKernel.forThisProgram(null);
    assertThat(kernel.jar()).hasFileName(JupyterKernel.JAR);
    Path installed = kernel.install(folder).resolve(JupyterKernel.JAR);
    assertThat(installed).hasSameBinaryContentAs(kernel.jar());
  }

  @Test
  void a_second_installation_replaces_the_first() throws Exception {
    Path jar = Files.writeString(folder.resolve("some.jar"), "first");
    new JupyterKernel(jar, List.of(jar)).install(folder);
    Files.writeString(jar, "second");
    Path kernel = new JupyterKernel(jar, List.of(jar)).install(folder);
    assertThat(kernel.resolve(JupyterKernel.JAR)).hasContent("second");
    try (var files = Files.list(kernel)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void a_missing_jar_is_told() {
    assertThatThrownBy(() -> JupyterKernel.forThisProgram(folder.resolve("x.jar")))
        .isInstanceOf(NotebookException.class)
        .hasMessageContaining("x.jar: there is no such file");
  }

  @Test
  void the_data_directory_is_where_jupyter_looks_on_each_system() {
    Path home = Path.of("home");
    assertThat(JupyterFolders.data(Map.of(), "Linux", home))
        .isEqualTo(Path.of("home", ".local", "share", "jupyter"));
    assertThat(JupyterFolders.data(Map.of("XDG_DATA_HOME", "xdg"), "Linux", home))
        .isEqualTo(Path.of("xdg", "jupyter"));
    assertThat(JupyterFolders.data(Map.of(), "Mac OS X", home))
        .isEqualTo(Path.of("home", "Library", "Jupyter"));
    assertThat(JupyterFolders.data(Map.of("APPDATA", "roaming"), "Windows 11", home))
        .isEqualTo(Path.of("roaming", "jupyter"));
    assertThat(JupyterFolders.data(Map.of("JUPYTER_DATA_DIR", "mine"), "Windows 11", home))
        .isEqualTo(Path.of("mine"));
  }

  @Test
  void jupyter_is_found_on_the_search_path_lab_before_notebook() throws IOException {
    assertThat(Jupyter.find(null)).isEmpty();
    assertThat(Jupyter.find(folder.toString())).isEmpty();
    Path notebook = Files.writeString(folder.resolve("jupyter-notebook"), "#!/bin/sh\n");
    assertThat(Jupyter.find(folder.toString())).isEmpty();
    assertThat(notebook.toFile().setExecutable(true)).isTrue();
    assertThat(Jupyter.find(folder.toString())).contains(notebook);
    Path other = Files.createDirectory(folder.resolve("other"));
    Path lab = Files.writeString(other.resolve("jupyter-lab"), "#!/bin/sh\nexit 3\n");
    assertThat(lab.toFile().setExecutable(true)).isTrue();
    assertThat(Jupyter.find(folder + File.pathSeparator + other)).contains(lab);
    assertThat(Jupyter.run(lab, folder)).isEqualTo(3);
  }
}
