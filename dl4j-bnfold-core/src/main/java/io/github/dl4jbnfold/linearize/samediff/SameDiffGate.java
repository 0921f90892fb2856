package io.github.dl4jbnfold.linearize.samediff;

import org.jspecify.annotations.Nullable;

/**
 * A gate as a graph holds it.
 *
 * @param name the variable that it writes, which is what the activation wrote before
 * @param input the variable that the activation reads
 * @param activated the variable that the activation writes now
 * @param alpha the variable α
 * @param line what it is with α = 1; null where that is its input
 */
public record SameDiffGate(
    String name, String input, String activated, String alpha, @Nullable GateLine line) {}
