package io.github.dl4jbnfold.linearize.train;

import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Data whose batches are changed, after a preprocessor has seen them. */
final class MappedMultiData implements MultiDataSetIterator {
  private static final long serialVersionUID = 1;

  private final MultiDataSetIterator data;
  private final transient BatchMap map;
  private long number;

  MappedMultiData(MultiDataSetIterator data, BatchMap map) {
    this.data = data;
    this.map = map;
  }

  @Override
  public boolean hasNext() {
    return data.hasNext();
  }

  @Override
  public MultiDataSet next() {
    return map.apply(data.next(), number++);
  }

  @Override
  public MultiDataSet next(int examples) {
    return map.apply(data.next(examples), number++);
  }

  @Override
  public void reset() {
    data.reset();
    number = 0;
  }

  @Override
  public boolean resetSupported() {
    return data.resetSupported();
  }

  /** A network may be used by one thread at a time. */
  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public void setPreProcessor(MultiDataSetPreProcessor preprocessor) {
    data.setPreProcessor(preprocessor);
  }

  @Override
  public MultiDataSetPreProcessor getPreProcessor() {
    return data.getPreProcessor();
  }
}
