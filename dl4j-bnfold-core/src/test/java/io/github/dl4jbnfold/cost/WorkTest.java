package io.github.dl4jbnfold.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class WorkTest {
  private static final long[] IMAGE = {1, 3, 8, 8};

  @Test
  void a_key_says_operator_type_shapes_and_arguments() {
    Work work =
        Work.of("conv2d", DataType.FLOAT, IMAGE, new long[] {3, 3, 3, 4})
            .withIntegers(3, 3, 1, 1, 0, 0)
            .withReals(0.5);
    assertThat(work.key()).isEqualTo("conv2d FLOAT [1,3,8,8] [3,3,3,4] | 3 3 1 1 0 0 | 0.5");
    assertThat(Work.of("relu", DataType.DOUBLE, IMAGE).key()).isEqualTo("relu DOUBLE [1,3,8,8]");
  }

  @Test
  void a_key_holds_all_that_the_work_was() {
    Work plain = Work.of("add", DataType.FLOAT16, IMAGE, new long[0]);
    for (Work work :
        new Work[] {
          plain,
          plain.withIntegers(0, -1),
          plain.withReals(1e-5, -2),
          plain.withIntegers(7).withReals(1)
        }) {
      assertThat(Work.parse(work.key())).isEqualTo(work);
    }
  }

  @Test
  void what_is_no_key_is_refused() {
    for (String text :
        new String[] {
          "",
          "add",
          "add FLOAT",
          "add FLOAT 3",
          "add TEXT [3]",
          "add FLOAT [x]",
          "add FLOAT [3] | x",
          "add FLOAT [3] | 1 | 2 | 3",
          "add FLOAT [3] | | x",
          "a+b FLOAT [3]"
        }) {
      assertThatThrownBy(() -> Work.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void a_free_batch_size_is_refused() {
    assertThatThrownBy(() -> Work.of("relu", DataType.FLOAT, new long[] {-1, 3, 8, 8}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("relu")
        .hasMessageContaining("-1");
  }
}
