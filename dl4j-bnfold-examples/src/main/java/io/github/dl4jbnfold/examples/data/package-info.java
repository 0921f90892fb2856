/** Data to train and to test with, as people have them: images in directories, CIFAR-10, CSV. */
@NullMarked
package io.github.dl4jbnfold.examples.data;

import org.jspecify.annotations.NullMarked;
