/** Layer folding with DL4J's training on Spark; Spark itself is not in bnfold.jar. */
@NullMarked
package io.github.dl4jbnfold.examples.spark;

import org.jspecify.annotations.NullMarked;
