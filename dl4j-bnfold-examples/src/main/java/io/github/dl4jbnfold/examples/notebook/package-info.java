/** Java notebooks: those that ship with the command, a runner without Python, a Jupyter kernel. */
@NullMarked
package io.github.dl4jbnfold.examples.notebook;

import org.jspecify.annotations.NullMarked;
