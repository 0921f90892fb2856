package io.github.dl4jbnfold.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.model.ShapeModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** One run of the command inside the test's process. */
public record Bnfold(int exitCode, String out, String err) {

  public static Bnfold run(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new BnfoldCommand(false),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    return new Bnfold(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Demands success without a word on standard error. */
  public Bnfold succeeds() {
    assertThat(err).isEmpty();
    assertThat(exitCode).isZero();
    return this;
  }

  /** Demands this exit code, nothing on standard output, and one line that says all this. */
  public Bnfold fails(int code, Object... parts) {
    assertThat(err.lines()).as(err).hasSize(1);
    assertThat(err).startsWith("bnfold: ").doesNotContain("\tat ");
    for (Object part : parts) {
      assertThat(err).contains(part.toString());
    }
    assertThat(out).isEmpty();
    assertThat(exitCode).as(err).isEqualTo(code);
    return this;
  }

  /**
   * A copy of the network that ships with the module: nine batch normalizations, all of which go.
   */
  public static Path model(Path folder) throws IOException {
    Path model = folder.resolve("model.fb");
    Files.write(model, bytes());
    return model;
  }

  public static byte[] bytes() throws IOException {
    try (InputStream stream = ShapeModel.class.getResourceAsStream("shapes.fb")) {
      return Objects.requireNonNull(stream).readAllBytes();
    }
  }
}
