package io.github.dl4jbnfold.examples.page;

/** What the repairs in a report mean, as docs/report.md has it. */
final class Repairs {
  private Repairs() {}

  static String meaning(String repair) {
    return switch (repair) {
      case "CLAMP" -> "It has become bounds with one constant per channel.";
      case "ONES_CHANNEL" ->
          "It reads one more channel, constantly 1, which an operator before it emits.";
      case "PAD_VALUE" -> "It pads with another value than zero.";
      case "BORDER_MAP" -> "A constant map is added to it, for what zero padding leaves out.";
      case "IDENTITY_TAP" -> "It has taken over the batch normalization beside it.";
      case "POINT_MERGE" -> "The convolution beside it has taken it over.";
      default -> repair;
    };
  }
}
