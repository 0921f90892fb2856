/** The pages of the repository as a site of HTML: one folder that loads nothing from outside. */
@NullMarked
package io.github.dl4jbnfold.examples.site;

import org.jspecify.annotations.NullMarked;
