package io.github.dl4jbnfold.examples.command.console;

import picocli.CommandLine.IVersionProvider;

/** The command that all subcommands belong to. */
public interface Program {
  /** Whether this is the process, not a call from another program. */
  boolean ownsProcess();

  /** The version in the manifest of the jar. */
  final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Program.class.getPackage().getImplementationVersion();
      return new String[] {"bnfold " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
