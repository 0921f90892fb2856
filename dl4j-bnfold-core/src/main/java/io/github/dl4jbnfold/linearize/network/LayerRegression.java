package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.regression.Moments;
import io.github.dl4jbnfold.linearize.regression.Patches;
import io.github.dl4jbnfold.linearize.regression.RidgeRegression;
import io.github.dl4jbnfold.linearize.report.Reconstructed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The regressions of one layer, one for each group of its channels. */
final class LayerRegression {
  private static final int ROWS_PER_COLUMN = 6;
  private static final int ROWS = 4096;
  private static final long SEED = 20250103;

  private final FittedLayer layer;
  private final Convolution convolution;
  private final long examples;
  private final IntPredicate isUnseen;
  private final List<INDArray> targets = new ArrayList<>();
  private final List<Moments> seen = new ArrayList<>();
  private final List<Moments> unseen = new ArrayList<>();
  private int taken;

  /**
   * The regressions.
   *
   * @param examples how many there will be
   * @param isUnseen which of them only judge
   */
  LayerRegression(FittedLayer layer, long examples, IntPredicate isUnseen) {
    this.layer = layer;
    this.convolution = layer.convolution();
    this.examples = examples;
    this.isUnseen = isUnseen;
  }

  String name() {
    return layer.name();
  }

  /**
   * Takes in what the layer is to write: single positions, at random, as many as the regression
   * needs.
   *
   * @param written [N, …], the channels where the layer has them
   */
  void target(INDArray written) {
    INDArray y = layer.channelsFirst(written);
    for (long i = 0; i < y.size(0); i++) {
      INDArray example = y.slice(i).dup('c').reshape(convolution.outputs(), -1);
      int[] positions = positions(Math.toIntExact(example.size(1)), targets.size());
      targets.add(example.transpose().getRows(positions));
    }
  }

  /**
   * Takes in what the layer reads, for the same examples in the same order.
   *
   * @param read [N, …], the channels where the layer has them
   */
  void add(INDArray read) {
    INDArray x = layer.channelsFirst(read);
    List<Long> sizes = Arrays.stream(x.shape()).skip(2).boxed().toList();
    Patches patches = new Patches(convolution.axes(), sizes);
    Rows forFit = new Rows(new ArrayList<>(), new ArrayList<>());
    Rows forJudgement = new Rows(new ArrayList<>(), new ArrayList<>());
    for (long i = 0; i < x.size(0); i++) {
      int[] positions = positions(patches.positions(), taken);
      Rows rows = isUnseen.test(taken) ? forJudgement : forFit;
      rows.read.add(patches.read(x.slice(i).dup('c'), positions));
      rows.wanted.add(targets.get(taken).castTo(DataType.DOUBLE));
      taken++;
    }
    add(forFit, seen);
    add(forJudgement, unseen);
  }

  /** Of several examples: [rows, all channels · taps] and [rows, outputs]. */
  private record Rows(List<INDArray> read, List<INDArray> wanted) {}

  private void add(Rows rows, List<Moments> moments) {
    int groups = convolution.groups();
    int columns = layer.columns();
    for (int group = moments.size(); group < groups; group++) {
      moments.add(new Moments(columns, convolution.outputs() / groups));
    }
    if (rows.read.isEmpty()) {
      return;
    }
    INDArray read = Nd4j.vstack(rows.read);
    INDArray wanted = Nd4j.vstack(rows.wanted);
    for (int group = 0; group < groups; group++) {
      INDArray own = read.get(NDArrayIndex.all(), part(group, groups * columns));
      INDArray targeted = wanted.get(NDArrayIndex.all(), part(group, convolution.outputs()));
      moments.get(group).add(own.dup('c'), targeted.dup('c'));
    }
  }

  private INDArrayIndex part(int group, int all) {
    int size = all / convolution.groups();
    return NDArrayIndex.interval((long) group * size, (long) (group + 1) * size);
  }

  private int[] positions(int all, int example) {
    long wanted = Math.max(ROWS, (long) ROWS_PER_COLUMN * layer.columns());
    int each = Math.toIntExact(Math.min(all, (wanted - 1) / examples + 1));
    return each == all
        ? IntStream.range(0, all).toArray()
        : new Random(SEED + example).ints(each, 0, all).toArray();
  }

  /** Gives the layer the weights that were found, and forgets the examples. */
  Reconstructed.Layer solve() {
    int groups = convolution.groups();
    int outputs = convolution.outputs() / groups;
    INDArray weights = convolution.weights().dup('c');
    double[] bias = convolution.bias().clone();
    double before = 0;
    double after = 0;
    double variation = 0;
    for (int group = 0; group < groups; group++) {
      INDArray own = weights.get(part(group, convolution.outputs()));
      double[] shift = Arrays.copyOfRange(bias, group * outputs, (group + 1) * outputs);
      RidgeRegression.Fit fit =
          RidgeRegression.fit(
              seen.get(group),
              unseen.get(group),
              own.dup('c').reshape(outputs, layer.columns()).transpose(),
              Nd4j.createFromArray(shift));
      own.assign(fit.weights().transpose().dup('c').reshape(own.shape()));
      System.arraycopy(fit.bias().data().asDouble(), 0, bias, group * outputs, outputs);
      before += fit.errorBefore();
      after += fit.errorAfter();
      variation += unseen.get(group).variation();
    }
    layer.set(weights, bias);
    targets.clear();
    seen.clear();
    unseen.clear();
    return new Reconstructed.Layer(layer.name(), share(before, variation), share(after, variation));
  }

  private static double share(double error, double variation) {
    return variation > 0 ? error / variation : 0;
  }
}
