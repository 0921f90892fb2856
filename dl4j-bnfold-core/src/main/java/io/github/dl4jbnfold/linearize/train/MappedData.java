package io.github.dl4jbnfold.linearize.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Data of one input and one output whose batches are changed, after a preprocessor. */
final class MappedData implements DataSetIterator {
  private static final long serialVersionUID = 1;

  private final DataSetIterator data;
  private final transient BatchMap map;
  private long number;

  MappedData(DataSetIterator data, BatchMap map) {
    this.data = data;
    this.map = map;
  }

  private DataSet mapped(DataSet batch) {
    MultiDataSet changed = map.apply(batch.toMultiDataSet(), number++);
    DataSet result =
        new DataSet(
            changed.getFeatures(0),
            changed.getLabels(0),
            only(changed.getFeaturesMaskArrays()),
            only(changed.getLabelsMaskArrays()));
    result.setExampleMetaData(batch.getExampleMetaData());
    result.setLabelNames(batch.getLabelNamesList());
    return result;
  }

  private static @Nullable INDArray only(INDArray @Nullable [] masks) {
    return masks == null ? null : masks[0];
  }

  @Override
  public boolean hasNext() {
    return data.hasNext();
  }

  @Override
  public DataSet next() {
    return mapped(data.next());
  }

  @Override
  public DataSet next(int examples) {
    return mapped(data.next(examples));
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
  public int inputColumns() {
    return data.inputColumns();
  }

  @Override
  public int totalOutcomes() {
    return data.totalOutcomes();
  }

  @Override
  public int batch() {
    return data.batch();
  }

  @Override
  public List<String> getLabels() {
    return data.getLabels();
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor preprocessor) {
    data.setPreProcessor(preprocessor);
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    return data.getPreProcessor();
  }
}
