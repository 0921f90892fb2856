package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Slice;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The channels of all tensors, cut into cells so that every demand speaks of whole cells. All
 * channels of a cell are tied to the same partners, so one vector per cell serves for all of them.
 */
final class Cells {
  private final int[][] starts;
  private final int[] firstCell;
  private final int[] tensorOf;
  private final int[] startOf;
  private final int[] lengthOf;
  private final List<Tensor> tensors;

  private Cells(List<Tensor> tensors, List<TreeSet<Integer>> cuts) {
    this.tensors = tensors;
    starts = new int[tensors.size()][];
    firstCell = new int[tensors.size()];
    int count = 0;
    for (int t = 0; t < starts.length; t++) {
      starts[t] = cuts.get(t).stream().mapToInt(Integer::intValue).toArray();
      firstCell[t] = count;
      count += starts[t].length;
    }
    tensorOf = new int[count];
    startOf = new int[count];
    lengthOf = new int[count];
    for (int t = 0; t < starts.length; t++) {
      for (int i = 0; i < starts[t].length; i++) {
        int cell = firstCell[t] + i;
        int end = i + 1 < starts[t].length ? starts[t][i + 1] : tensors.get(t).channels();
        tensorOf[cell] = t;
        startOf[cell] = starts[t][i];
        lengthOf[cell] = end - starts[t][i];
      }
    }
  }

  /**
   * Cuts the tensors of a graph.
   *
   * @param demands states every demand that may be made later, to the given collector
   */
  static Cells cut(Graph graph, Consumer<Demands> demands) {
    Cutter cutter = new Cutter(graph.tensors());
    demands.accept(cutter);
    return new Cells(graph.tensors(), cutter.cuts());
  }

  int count() {
    return tensorOf.length;
  }

  int length(int cell) {
    return lengthOf[cell];
  }

  /** First channel of the cell in its tensor. */
  int start(int cell) {
    return startOf[cell];
  }

  Tensor tensor(int cell) {
    return tensors.get(tensorOf[cell]);
  }

  /** The first cell of a slice; a slice of a demand always starts and ends at a cut. */
  int first(Slice slice) {
    return cellAt(slice.tensor(), slice.from());
  }

  /** The cell that follows the last one of the slice. */
  int end(Slice slice) {
    int t = slice.tensor().id();
    int channel = slice.from() + slice.length();
    return channel == slice.tensor().channels()
        ? firstCell[t] + starts[t].length
        : cellAt(slice.tensor(), channel);
  }

  /** The cell that holds a channel of the tensor with the given id. */
  int containing(int tensor, int channel) {
    int index = Arrays.binarySearch(starts[tensor], channel);
    return firstCell[tensor] + (index >= 0 ? index : -index - 2);
  }

  /** One channel of a cell. */
  Constraint.Channel channel(int cell, int offset) {
    Tensor tensor = tensor(cell);
    return new Constraint.Channel(tensor.id(), tensor.name(), startOf[cell] + offset);
  }

  private int cellAt(Tensor tensor, int channel) {
    int index = Arrays.binarySearch(starts[tensor.id()], channel);
    if (index < 0) {
      throw new IllegalStateException("Tensor '" + tensor + "' is not cut at " + channel + ".");
    }
    return firstCell[tensor.id()] + index;
  }

  private record Alignment(int from, int length, int otherTensor, int otherFrom) {}

  private record Cut(int tensor, int channel) {}

  /** Collects which slices are spoken of together and carries every cut to the partners. */
  private static final class Cutter implements Demands {
    private final List<TreeSet<Integer>> cuts = new ArrayList<>();
    private final List<List<Alignment>> alignments = new ArrayList<>();
    private final List<Tensor> tensors;
    private final Deque<Cut> pending = new ArrayDeque<>();

    Cutter(List<Tensor> tensors) {
      this.tensors = tensors;
      for (int t = 0; t < tensors.size(); t++) {
        cuts.add(new TreeSet<>(List.of(0)));
        alignments.add(new ArrayList<>());
      }
    }

    List<TreeSet<Integer>> cuts() {
      while (!pending.isEmpty()) {
        Cut cut = pending.pop();
        for (Alignment alignment : alignments.get(cut.tensor)) {
          int offset = cut.channel - alignment.from;
          if (offset > 0 && offset < alignment.length) {
            cut(alignment.otherTensor, alignment.otherFrom + offset);
          }
        }
      }
      return cuts;
    }

    private void cut(int tensor, int channel) {
      if (channel < tensors.get(tensor).channels() && cuts.get(tensor).add(channel)) {
        pending.push(new Cut(tensor, channel));
      }
    }

    private void touch(Slice slice) {
      cut(slice.tensor().id(), slice.from());
      cut(slice.tensor().id(), slice.from() + slice.length());
    }

    private void align(Slice x, Slice y) {
      touch(x);
      touch(y);
      // A run of one channel has no inside that a cut could fall into.
      if (x.length() > 1) {
        alignments
            .get(x.tensor().id())
            .add(new Alignment(x.from(), x.length(), y.tensor().id(), y.from()));
        alignments
            .get(y.tensor().id())
            .add(new Alignment(y.from(), y.length(), x.tensor().id(), x.from()));
      }
    }

    @Override
    public void sameScale(Slice x, Slice y) {
      align(x, y);
    }

    @Override
    public void scaleRatio(Slice x, double[] factor, Slice y) {
      align(x, y);
    }

    @Override
    public void separate(Slice x) {
      touch(x);
    }

    @Override
    public void unitScale(Slice x) {
      touch(x);
    }

    @Override
    public void positiveScale(Slice x) {
      touch(x);
    }

    @Override
    public void shiftEquation(List<Term> terms, double[] rhs, Slice reference) {
      terms.forEach(term -> align(term.slice(), reference));
    }

    @Override
    public void shiftEquation(List<Term> terms) {
      terms.forEach(term -> align(term.slice(), terms.get(0).slice()));
    }
  }
}
