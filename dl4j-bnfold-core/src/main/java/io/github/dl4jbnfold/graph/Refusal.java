package io.github.dl4jbnfold.graph;

/**
 * A batch normalization that is no candidate, and why.
 *
 * @param name its name in the source network
 * @param detail one sentence with the facts
 * @param remedy one sentence: what would lift the refusal
 */
public record Refusal(String name, Reason reason, String detail, String remedy) {}
