/**
 * The arithmetic of a rewrite, shared by all front ends: new kernels, biases and
 * batch-normalization parameters from gauges. Everything is computed in 64-bit floating point and
 * rounded once.
 */
@NullMarked
package io.github.dl4jbnfold.rewrite;

import org.jspecify.annotations.NullMarked;
