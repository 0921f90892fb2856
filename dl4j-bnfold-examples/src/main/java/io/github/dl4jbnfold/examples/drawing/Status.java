package io.github.dl4jbnfold.examples.drawing;

import java.util.Locale;

/** What a fold does to a node, and how that is shown. */
public enum Status {
  INPUT("input of the network", ""),
  SAME("as it was", ""),
  CHANGED("took over batch normalizations: new weights or constants", "✎"),
  REPAIRED("became another operator, or was extended", "⟳"),
  NEW("was added", "+"),
  REMOVED("batch normalization that is folded away", "−"),
  REDUCED("batch normalization that became an addition", "±"),
  KEPT("batch normalization that stays", "!");

  private final String meaning;
  private final String sign;

  Status(String meaning, String sign) {
    this.meaning = meaning;
    this.sign = sign;
  }

  /** What a legend says of it. */
  public String meaning() {
    return meaning;
  }

  /** One character beside the name, so that colours are not all there is; may be empty. */
  public String sign() {
    return sign;
  }

  /** Its class in style sheets. */
  String style() {
    return "is-" + name().toLowerCase(Locale.ROOT);
  }
}
