package io.github.dl4jbnfold.linearize.train;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a training came to.
 *
 * @param network with the parameters of the step below
 * @param step whose parameters these are
 * @param steps that were done
 * @param score of the network; null if there is no validation
 * @param reason why it ended
 */
public record FineTuned<M>(
    M network,
    long step,
    long steps,
    @Nullable Double score,
    StopReason reason,
    List<EpochResult> history) {
  public FineTuned {
    history = List.copyOf(history);
  }
}
