package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HittingSetTest {
  private static final int ENOUGH = 100_000;

  private static BitSet set(int... elements) {
    BitSet set = new BitSet();
    for (int element : elements) {
      set.set(element);
    }
    return set;
  }

  @Test
  void nothing_is_needed_to_meet_no_set() {
    assertThat(HittingSet.of(List.of(), ENOUGH).chosen().isEmpty()).isTrue();
  }

  @Test
  void a_shared_element_meets_several_sets() {
    HittingSet hitting = HittingSet.of(List.of(set(1, 2), set(2, 3), set(2, 4)), ENOUGH);

    assertThat(hitting.chosen()).isEqualTo(set(2));
    assertThat(hitting.lowerBound()).isEqualTo(1);
  }

  @Test
  void of_a_clique_of_pairs_all_but_one_are_needed_and_no_search_is() {
    List<BitSet> pairs = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      for (int j = 0; j < i; j++) {
        pairs.add(set(i, j));
      }
    }

    HittingSet hitting = HittingSet.of(pairs, 2);

    assertThat(hitting.chosen().cardinality()).isEqualTo(23);
    assertThat(hitting.lowerBound()).isEqualTo(23);
  }

  @Test
  void the_smallest_choice_agrees_with_the_enumeration() {
    Random random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      List<BitSet> sets = random(random);
      HittingSet hitting = HittingSet.of(sets, ENOUGH);

      assertThat(meetsAll(hitting.chosen(), sets)).as("%s meets %s", hitting, sets).isTrue();
      assertThat(hitting.lowerBound()).isEqualTo(hitting.chosen().cardinality());
      assertThat(hitting.lowerBound()).as("size for %s", sets).isEqualTo(smallest(sets));
    }
  }

  @Test
  void a_search_that_ends_early_still_meets_all_and_bounds_the_size_from_below() {
    Random random = new Random(6);
    for (int round = 0; round < 2_000; round++) {
      List<BitSet> sets = random(random);
      HittingSet hitting = HittingSet.of(sets, 1 + random.nextInt(4));

      assertThat(meetsAll(hitting.chosen(), sets)).as("%s meets %s", hitting, sets).isTrue();
      assertThat(smallest(sets)).isBetween(hitting.lowerBound(), hitting.chosen().cardinality());
    }
  }

  private static List<BitSet> random(Random random) {
    List<BitSet> sets = new ArrayList<>();
    int elements = 2 + random.nextInt(9);
    int count = random.nextInt(14);
    for (int i = 0; i < count; i++) {
      BitSet set = set(random.nextInt(elements));
      for (int more = random.nextInt(4); more > 0; more--) {
        set.set(random.nextInt(elements));
      }
      sets.add(set);
    }
    return sets;
  }

  private static boolean meetsAll(BitSet chosen, List<BitSet> sets) {
    return sets.stream().allMatch(set -> set.intersects(chosen));
  }

  private static int smallest(List<BitSet> sets) {
    int best = Integer.MAX_VALUE;
    for (long bits = 0; bits < 1 << 11; bits++) {
      BitSet some = BitSet.valueOf(new long[] {bits});
      best = meetsAll(some, sets) ? Math.min(best, some.cardinality()) : best;
    }
    return best;
  }
}
