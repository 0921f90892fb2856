package io.github.dl4jbnfold.examples.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ShapeImagesTest {
  @Test
  void the_seed_decides_every_pixel() {
    ShapeImages one = ShapeImages.generate(20, 7);
    ShapeImages same = ShapeImages.generate(20, 7);
    ShapeImages other = ShapeImages.generate(20, 8);
    assertThat(one.images()).isEqualTo(same.images()).isNotEqualTo(other.images());
    assertThat(one.labels()).isEqualTo(same.labels());
  }

  @Test
  void every_class_occurs_about_equally_often() {
    int[] labels = ShapeImages.generate(2000, 1).labels();
    for (int label = 0; label < ShapeImages.CLASSES.size(); label++) {
      int wanted = label;
      assertThat(Arrays.stream(labels).filter(l -> l == wanted).count()).isBetween(400L, 600L);
    }
  }

  @Test
  void one_hot_rows_mark_the_labels() {
    ShapeImages images = ShapeImages.generate(50, 2);
    assertThat(images.oneHot().argMax(1).toIntVector()).isEqualTo(images.labels());
    assertThat(images.oneHot().sumNumber().intValue()).isEqualTo(images.count());
  }
}
