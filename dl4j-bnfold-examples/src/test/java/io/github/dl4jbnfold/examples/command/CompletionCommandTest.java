package io.github.dl4jbnfold.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
  @TempDir Path folder;

  /** What bash offers for the last of these words. */
  private String completed(String... words) throws Exception {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "this system has no /bin/bash");
    Path script = folder.resolve("completion.sh");
    Files.writeString(script, Bnfold.run("completion").succeeds().out());
    String line =
        "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_bnfold; echo \"${COMPREPLY[@]}\""
            .formatted(script, String.join(" ", words), words.length - 1);
    Process process = new ProcessBuilder(bash.toString(), "-c", line).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out.strip();
  }

  @Test
  void bash_completes_subcommands() throws Exception {
    assertThat(completed("bnfold", "ver")).isEqualTo("verify");
    assertThat(completed("bnfold", "notebook", "li")).isEqualTo("list");
  }

  @Test
  void bash_completes_options_and_their_values() throws Exception {
    assertThat(completed("bnfold", "fold", "--weig")).isEqualTo("--weights-only");
    assertThat(completed("bnfold", "fold", "--objective", "fas")).contains("fastest");
  }
}
