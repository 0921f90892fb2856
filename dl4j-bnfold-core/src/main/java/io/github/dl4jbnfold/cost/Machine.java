package io.github.dl4jbnfold.cost;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What costs depend on beside the work: a table from one machine says nothing about another.
 *
 * @param backend the name of ND4J's backend
 * @param version ND4J's version
 * @param threads how many threads ND4J computes with
 * @param processor the processor's model, or its architecture where the system does not tell
 */
public record Machine(String backend, String version, int threads, String processor) {
  private static final String UNKNOWN = "unknown";

  /** {@return the machine of this process, with the settings of the moment} */
  public static Machine current() {
    return new Machine(
        Nd4j.getBackend().getClass().getSimpleName(),
        nd4jVersion(),
        currentThreads(),
        currentProcessor());
  }

  private static int currentThreads() {
    Properties environment = Nd4j.getExecutioner().getEnvironmentInformation();
    Object threads = environment.get("omp.threads");
    return threads instanceof Number number
        ? number.intValue()
        : Nd4j.getEnvironment().maxMasterThreads();
  }

  private static String nd4jVersion() {
    Properties build = new Properties();
    try (InputStream stream =
        Nd4j.class.getResourceAsStream("/org/eclipse/org.nd4j-nd4j-api-git.properties")) {
      if (stream != null) {
        build.load(stream);
      }
    } catch (IOException e) {
      return UNKNOWN;
    }
    return build.getProperty("git.build.version", UNKNOWN);
  }

  private static String currentProcessor() {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(Machine::architecture);
    } catch (IOException | RuntimeException e) {
      return architecture();
    }
  }

  private static String architecture() {
    return Objects.requireNonNullElseGet(
        System.getenv("PROCESSOR_IDENTIFIER"), () -> System.getProperty("os.arch", UNKNOWN));
  }

  /** Part of a file's name. */
  String slug() {
    return toString().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
  }

  /** One line for people. */
  @Override
  public String toString() {
    return "%s %s, %d %s, %s"
        .formatted(backend, version, threads, threads == 1 ? "thread" : "threads", processor);
  }
}
