package io.github.dl4jbnfold.linearize.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChoiceTest {
  @Test
  void of_very_many_choices_the_cheapest_and_the_one_that_loses_least_stay() {
    Random random = new Random(7);
    List<Choice> many = new ArrayList<>();
    double cost = 1;
    for (int i = 5000; i > 0; i--) {
      many.add(new Choice(cost, i, Set.of(), List.of()));
      cost += random.nextDouble();
    }
    List<Choice> kept = Choice.undominated(many);
    assertThat(kept).hasSizeLessThan(many.size()).contains(many.get(0), many.get(4999));
    assertThat(new Frontier(cost, kept).within(1 / cost).cost()).isEqualTo(1);
  }
}
