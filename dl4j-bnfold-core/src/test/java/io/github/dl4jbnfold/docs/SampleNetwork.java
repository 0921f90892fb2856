package io.github.dl4jbnfold.docs;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.Ability;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A small network around an operator, of four channels everywhere. */
final class SampleNetwork {
  static final int CHANNELS = 4;

  private final Graph.Builder builder = new Graph.Builder();
  private final Random random = new Random(1);

  /** Something that reads one tensor and writes one of the given name. */
  interface Layer {
    Tensor add(SampleNetwork net, Tensor x, String name);
  }

  Tensor tensor(String name) {
    return builder.tensor(name, CHANNELS);
  }

  void add(Operator operator) {
    builder.add(operator);
  }

  Tensor input() {
    Tensor y = tensor("image");
    add(new Wall("image", Wall.INPUT, List.of(), List.of(y)));
    return y;
  }

  void output(Tensor x) {
    builder.output(x);
  }

  Tensor wall(Tensor x, String name) {
    Tensor y = tensor(name);
    add(new Wall(name, "sigmoid", List.of(x), List.of(y)));
    return y;
  }

  Tensor relu(Tensor x, String name) {
    Tensor y = tensor(name);
    add(new Rectifier(name, "ReLU", x, y));
    return y;
  }

  /** A dense kernel that reads no zeros. */
  Tensor dense(Tensor x, String name) {
    Tensor y = tensor(name);
    Set<Ability> abilities = Set.of(Ability.DENSE_KERNEL);
    add(new Linear(name, "dense", x, y, Border.NONE, BiasSlot.OPEN, abilities));
    return y;
  }

  /** A batch normalization with random parameters of both signs. */
  Tensor norm(Tensor x, String name) {
    Tensor y = tensor(name);
    double[] scale = new double[CHANNELS];
    double[] shift = new double[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      scale[i] = (i % 2 == 0 ? -1 : 1) * (0.5 + random.nextDouble());
      shift[i] = 0.5 + random.nextDouble();
    }
    add(new BatchNorm("bn " + name, x, y, scale, shift));
    return y;
  }

  Graph graph() {
    return builder.build();
  }
}
