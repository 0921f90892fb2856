/** Networks of either kind, seen alike: parts that can be run, timed and looked at. */
@NullMarked
package io.github.dl4jbnfold.examples.view;

import org.jspecify.annotations.NullMarked;
