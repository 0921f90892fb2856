package io.github.dl4jbnfold.linearize.train;

import java.util.function.LongFunction;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Training data, one epoch after the other. The batches of an epoch are a function of its seed:
 * order and augmentation. An iterator that takes numbers of {@code Nd4j.getRandom()} in {@code
 * next} is such a function, too, as the training seeds it before each batch; one that prefetches in
 * another thread must not.
 */
@FunctionalInterface
public interface Epochs {
  /**
   * The batches of an epoch.
   *
   * @param seed of the order and of all else that is random in it
   * @return at its beginning; it ends after one epoch
   */
  MultiDataSetIterator epoch(long seed);

  /**
   * Data for networks with one input and one output.
   *
   * @param epochs the batches of an epoch by its seed
   * @return the same batches
   */
  static Epochs of(LongFunction<DataSetIterator> epochs) {
    return seed -> new MultiDataSetIteratorAdapter(epochs.apply(seed));
  }

  /**
   * Data that lie in memory, in another order in each epoch.
   *
   * @param all with features and labels of any rank, without masks
   * @param batch the number of examples in each batch but the last
   * @return the examples, in an order that the seed decides
   */
  static Epochs shuffled(DataSet all, int batch) {
    return of(seed -> new ShuffledData(all, batch, seed));
  }

  /** The same data with something done to each batch. */
  private Epochs with(BatchMap map) {
    return seed -> new MappedMultiData(epoch(seed), map);
  }

  /**
   * The same data with the labels of a teacher mixed in.
   *
   * @param distillation asked for each batch
   * @return new labels, everything else as it was
   */
  default Epochs distilled(Distillation distillation) {
    return with((batch, number) -> distillation.labels(batch));
  }

  /**
   * The same data, each batch checked before it is used.
   *
   * @param check asked for each batch, before it is used
   * @return the same batches
   */
  default Epochs checked(CheckedData check) {
    return with(check::checked);
  }
}
