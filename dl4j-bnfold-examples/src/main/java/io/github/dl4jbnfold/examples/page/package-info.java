/**
 * A fold as one page for a browser, which needs nothing but itself: networks read for {@link
 * io.github.dl4jbnfold.examples.drawing}, measured, and written as HTML.
 */
@NullMarked
package io.github.dl4jbnfold.examples.page;

import org.jspecify.annotations.NullMarked;
