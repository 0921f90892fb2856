/**
 * The mathematics: which per-channel scales and shifts (gauges) of all tensors are possible
 * together.
 *
 * <p>{@link io.github.dl4jbnfold.gauge.GaugeSystem} collects the demands of the operators. Scales
 * form a forest ({@link io.github.dl4jbnfold.gauge.ScaleForest}), shifts a sparse linear system
 * ({@link io.github.dl4jbnfold.gauge.ShiftSystem}); both accept a demand or name the channel at
 * which it fails, and both can be rolled back. {@link io.github.dl4jbnfold.gauge.Explainer} reduces
 * a failure to a minimal set of constraints that cannot hold together.
 */
@NullMarked
package io.github.dl4jbnfold.gauge;

import org.jspecify.annotations.NullMarked;
