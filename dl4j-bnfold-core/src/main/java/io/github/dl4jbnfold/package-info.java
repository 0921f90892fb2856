/**
 * What a user calls: {@link io.github.dl4jbnfold.BatchNormFolding} folds the batch normalizations
 * of a trained network into the operators around them, exactly, or says why one stays.
 */
@NullMarked
package io.github.dl4jbnfold;

import org.jspecify.annotations.NullMarked;
