/**
 * The decision: which batch normalizations go, and for each that stays the reason.
 *
 * <p>{@link io.github.dl4jbnfold.plan.Planner} puts the demands of all operators into one gauge
 * system and adds the removals one by one; nothing is rewritten here.
 */
@NullMarked
package io.github.dl4jbnfold.plan;

import org.jspecify.annotations.NullMarked;
