package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.linearize.run.Frontier;
import java.util.List;

/**
 * A choice of activations that no other one beats.
 *
 * @param cost the share of what the network costs that is left
 * @param loss what is added to the loss of the network, or to the share of wrong answers where that
 *     is limited, before a training
 * @param linear how many activations are linear
 */
record FrontierPoint(double cost, double loss, int linear) {
  static List<FrontierPoint> of(Frontier frontier) {
    return frontier.choices().stream()
        .map(
            choice ->
                new FrontierPoint(
                    choice.cost() / frontier.costBefore(), choice.loss(), choice.linear().size()))
        .toList();
  }
}
