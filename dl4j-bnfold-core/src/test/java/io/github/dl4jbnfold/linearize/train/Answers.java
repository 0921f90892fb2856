package io.github.dl4jbnfold.linearize.train;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Validations whose scores a test knows. */
final class Answers {
  private Answers() {}

  /**
   * A validation of one network with the accuracies given, one after the other.
   *
   * @param network that reads vectors of five and knows three classes
   * @param tenths of right answers
   */
  static Validation of(MultiLayerNetwork network, int... tenths) {
    int[] next = {0};
    return Validation.accuracy(
        () -> {
          INDArray x = Nd4j.zeros(DataType.FLOAT, 10, 5);
          int answer = network.output(x).argMax(1).getInt(0);
          INDArray labels = Nd4j.zeros(DataType.FLOAT, 10, 3);
          int right = tenths[next[0]++];
          for (int i = 0; i < 10; i++) {
            labels.putScalar(i, i < right ? answer : (answer + 1) % 3, 1);
          }
          return new SingletonMultiDataSetIterator(new MultiDataSet(x, labels));
        });
  }
}
