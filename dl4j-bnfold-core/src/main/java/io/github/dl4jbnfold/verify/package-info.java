/**
 * Are two networks the same function? The check that every rewrite passes before it replaces the
 * original, and the failures it reports.
 */
@NullMarked
package io.github.dl4jbnfold.verify;

import org.jspecify.annotations.NullMarked;
