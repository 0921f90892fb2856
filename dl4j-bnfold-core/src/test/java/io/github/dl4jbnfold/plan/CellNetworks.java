package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import org.nd4j.autodiff.samediff.SDIndex;

/** Networks of repeated cells of branches: Inception and NASNet. */
final class CellNetworks extends NetworkParts {
  CellNetworks(Plot plot) {
    super(plot);
  }

  private Node same(Node x, int out, int height, int width) {
    return normRelu(conv(x, out, height, width, 1, Padding.SAME));
  }

  private Node same(Node x, int out, int k) {
    return same(x, out, k, k);
  }

  private Node valid(Node x, int out, int k, int stride) {
    return normRelu(conv(x, out, k, k, stride, Padding.VALID));
  }

  /**
   * 94 batch normalizations, each behind a convolution. Szegedy et al., "Rethinking the Inception
   * Architecture", table 1, with the channels of the published models.
   */
  void inceptionV3() {
    Node x = valid(valid(image(75, 79), 32, 3, 2), 32, 3, 1);
    x = same(x, 64, 3).maxPool(3, 2, 0);
    x = valid(valid(x, 80, 1, 1), 192, 3, 1).maxPool(3, 2, 0);
    for (int pooled : new int[] {32, 64, 64}) {
      x = squares(x, pooled);
    }
    Node y = same(same(x, 64, 1), 96, 3);
    x = valid(x, 384, 3, 2).concat(valid(y, 96, 3, 2), x.maxPool(3, 2, 0));
    for (int inner : new int[] {128, 160, 160, 192}) {
      x = sevens(x, inner);
    }
    y = same(same(same(x, 192, 1), 192, 1, 7), 192, 7, 1);
    x = valid(same(x, 192, 1), 320, 3, 2).concat(valid(y, 192, 3, 2), x.maxPool(3, 2, 0));
    classify(forks(forks(x)));
  }

  private Node squares(Node x, int pooled) {
    return same(x, 64, 1)
        .concat(
            same(same(x, 48, 1), 64, 5),
            same(same(same(x, 64, 1), 96, 3), 96, 3),
            same(x.avgPool(3, 1, 1), pooled, 1));
  }

  private Node sevens(Node x, int inner) {
    Node y = same(same(same(x, inner, 1), inner, 7, 1), inner, 1, 7);
    return same(x, 192, 1)
        .concat(
            same(same(same(x, inner, 1), inner, 1, 7), 192, 7, 1),
            same(same(y, inner, 7, 1), 192, 1, 7),
            same(x.avgPool(3, 1, 1), 192, 1));
  }

  private Node forks(Node x) {
    Node y = same(x, 384, 1);
    Node z = same(same(x, 448, 1), 384, 3);
    return same(x, 320, 1)
        .concat(
            same(y, 384, 1, 3),
            same(y, 384, 3, 1),
            same(z, 384, 1, 3),
            same(z, 384, 3, 1),
            same(x.avgPool(3, 1, 1), 192, 1));
  }

  /**
   * What a cell reads: the result of the cell before it, and of the one before that.
   *
   * @param size height and width of the newer result
   * @param sizeBefore height and width of the older result
   */
  private record Flow(Node now, int size, Node before, int sizeBefore) {}

  /**
   * NASNet-A (4 @ 1056), the mobile one: 12 normal and 4 reduction cells, 192 batch normalizations,
   * 4 of them behind the concatenation of two convolutions. Zoph et al., "Learning Transferable
   * Architectures", figure 4, in the form of the published models: a cell brings the older of its
   * two inputs to its own size first.
   */
  void nasNetMobile() {
    Node stem = norm(conv(image(48, 48), 32, 3, 3, 2, Padding.VALID));
    Flow flow = reduction(new Flow(stem, 23, stem, 23), stem, 11);
    flow = reduction(flow, fitted(flow, 22), 22);
    for (int filters = 44; filters <= 176; filters *= 2) {
      flow = filters == 44 ? flow : reduction(flow, fitted(flow, filters), filters);
      for (int cell = 0; cell < 4; cell++) {
        flow = normal(flow, fitted(flow, filters), filters);
      }
    }
    classify(flow.now.relu());
  }

  private Flow normal(Flow flow, Node p, int filters) {
    Node h = norm(conv(flow.now.relu(), filters, 1, 1));
    Node all =
        p.concat(
            twice(h, filters, 5, 1).add(twice(p, filters, 3, 1)),
            twice(p, filters, 5, 1).add(twice(p, filters, 3, 1)),
            h.avgPool(3, 1, 1).add(p),
            p.avgPool(3, 1, 1).add(p.avgPool(3, 1, 1)),
            twice(h, filters, 3, 1).add(h));
    return new Flow(all, flow.size, flow.now, flow.size);
  }

  private Flow reduction(Flow flow, Node p, int filters) {
    Node h = norm(conv(flow.now.relu(), filters, 1, 1));
    Node padded = zeroPad(h, flow.size % 2, 1);
    Node x1 = twice(h, filters, 5, 2).add(twice(p, filters, 7, 2));
    Node x2 = padded.maxPool(3, 2, 0).add(twice(p, filters, 7, 2));
    Node x3 = padded.avgPool(3, 2, 0).add(twice(p, filters, 5, 2));
    Node x4 = x2.add(x1.avgPool(3, 1, 1));
    Node x5 = twice(x1, filters, 3, 1).add(padded.maxPool(3, 2, 0));
    return new Flow(x2.concat(x3, x4, x5), (flow.size + 1) / 2, flow.now, flow.size);
  }

  /** ReLU before and normalization behind each of two separable convolutions. */
  private Node twice(Node x, int filters, int k, int stride) {
    Node y = norm(separable(x.relu(), filters, k, stride));
    return norm(separable(y.relu(), filters, k, 1));
  }

  /**
   * The older input of a cell in the cell's channels; where it is larger, halved by two strided
   * paths, one of them a pixel aside.
   */
  private Node fitted(Flow flow, int filters) {
    Node x = flow.before.relu();
    if (flow.sizeBefore == flow.size) {
      return norm(conv(x, filters, 1, 1));
    }
    Node aside = crop(zeroPad(x, 0, 1), flow.sizeBefore + 1);
    int half = width(filters) / 2;
    Node left = convTo(x.avgPool(1, 2, 0), half, 1, 1, 1, Padding.VALID, false);
    Node right =
        convTo(aside.avgPool(1, 2, 0), width(filters) - half, 1, 1, 1, Padding.VALID, false);
    return norm(left.concat(right));
  }

  /** Without the first row and column. */
  private Node crop(Node x, int size) {
    return x.apply(
        v ->
            v.get(
                SDIndex.all(),
                SDIndex.all(),
                SDIndex.interval(1, size),
                SDIndex.interval(1, size)));
  }
}
