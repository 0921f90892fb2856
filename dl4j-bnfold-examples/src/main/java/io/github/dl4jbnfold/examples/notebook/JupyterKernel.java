package io.github.dl4jbnfold.examples.notebook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel for Jupyter whose Java cells see this program: <a
 * href="https://github.com/padreati/rapaio-jupyter-kernel">rapaio-jupyter-kernel</a>, which runs in
 * a process of its own, with the class path of the program that installs it. Its jar is not part of
 * the program's: the build puts it beside.
 *
 * @param jar the kernel's jar
 * @param classPath what its cells see
 */
public record JupyterKernel(Path jar, List<Path> classPath) {
  /** The name by which notebooks ask for it. */
  public static final String NAME = "dl4j-bnfold";

  /** The kernel's release. */
  static final String VERSION = "3.0.1";

  static final String JAR = "rapaio-jupyter-kernel-" + VERSION + ".jar";

  private static final String DISPLAY_NAME = "Java (dl4j-bnfold)";
  private static final Path IN_REPOSITORY =
      Path.of(".m2", "repository", "io", "github", "padreati", "rapaio-jupyter-kernel", VERSION);

  /** Copies what it is given. */
  public JupyterKernel {
    classPath = List.copyOf(classPath);
  }

  /**
   * The kernel for the running program.
   *
   * @param jar the kernel's jar, or null to look for it beside the program and in the local Maven
   *     repository
   * @throws NotebookException if it is not there
   */
  public static JupyterKernel forThisProgram(@Nullable Path jar) {
    Path found = jar == null ? find() : jar;
    if (!Files.isRegularFile(found)) {
      throw new NotebookException(
          "%s: there is no such file, so there is no kernel to install.".formatted(found));
    }
    return new JupyterKernel(
        found.toAbsolutePath(),
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isBlank())
            .map(entry -> Path.of(entry).toAbsolutePath().normalize())
            .toList());
  }

  /** Where Jupyter looks for the kernels of this user. */
  public static Path dataFolder() {
    return JupyterFolders.data(
        System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  /** Where the kernel lies in a data directory of Jupyter. */
  public static Path folder(Path data) {
    return data.resolve("kernels").resolve(NAME);
  }

  /**
   * Installs the kernel, in place of one that was installed before.
   *
   * @param data a data directory of Jupyter; what lacks of it is made
   * @return where the kernel lies
   * @throws NotebookException if it cannot be written
   */
  public Path install(Path data) {
    Path folder = folder(data.toAbsolutePath().normalize());
    try {
      Files.createDirectories(folder);
      replace(folder.resolve(JAR), Files.readAllBytes(jar));
      // Last: Jupyter offers a kernel as soon as this file is there.
      replace(folder.resolve("kernel.json"), specification(folder));
      return folder;
    } catch (IOException e) {
      throw new NotebookException(
          "%s: the kernel cannot be written there (%s). Maybe name another place with --dir."
              .formatted(folder, e),
          e);
    }
  }

  /** The file {@code kernel.json} for a kernel in a folder. */
  byte[] specification(Path folder) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    // In the environment and not in the arguments, which Windows limits to 32,767 characters.
    root.putArray("argv")
        .add(Path.of(System.getProperty("java.home"), "bin", "java").toString())
        .add("-Djava.awt.headless=true")
        .add(KernelMain.class.getName())
        .add("{connection_file}");
    root.put("display_name", DISPLAY_NAME);
    root.put("language", "java");
    root.put("interrupt_mode", "message");
    root.putObject("env")
        .put("CLASSPATH", classPath(folder))
        // What lies on the class path of the kernel itself need not be named again.
        .put("RJK_CLASSPATH", "")
        .put("RJK_COMPILER_OPTIONS", "")
        .put("RJK_INIT_SCRIPT", "")
        .put("RJK_TIMEOUT_MILLIS", "-1")
        .put("RJK_MIMA_CACHE", folder.resolve("mima_cache").toString());
    return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  private String classPath(Path folder) {
    return Stream.concat(Stream.of(folder.resolve(JAR)), classPath.stream())
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void replace(Path target, byte[] content) throws IOException {
    Path temporary = Files.createTempFile(target.getParent(), "kernel", ".tmp");
    try {
      Files.write(temporary, content);
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Path find() {
    Path home = Path.of(System.getProperty("user.home"));
    return Stream.of(program().resolveSibling(JAR), home.resolve(IN_REPOSITORY).resolve(JAR))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new NotebookException(
                    ("The kernel's jar is not beside bnfold.jar. Get it by 'mvn dependency:copy"
                            + " -Dartifact=io.github.padreati:rapaio-jupyter-kernel:%s"
                            + " -DoutputDirectory=.' and name it with --kernel-jar.")
                        .formatted(VERSION)));
  }

  /** bnfold.jar, or the folder with the classes. */
  private static Path program() {
    CodeSource source = JupyterKernel.class.getProtectionDomain().getCodeSource();
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
