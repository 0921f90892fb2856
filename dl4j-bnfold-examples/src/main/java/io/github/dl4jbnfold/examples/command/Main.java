package io.github.dl4jbnfold.examples.command;

/** The {@code bnfold} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {}
}
