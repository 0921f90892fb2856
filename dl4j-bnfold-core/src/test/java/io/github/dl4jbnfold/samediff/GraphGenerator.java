package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.NormLayer.Gammas;
import io.github.dl4jbnfold.samediff.RandomGraph.Step;
import io.github.dl4jbnfold.samediff.Site.Value;
import io.github.dl4jbnfold.samediff.WindowLayer.Border;
import io.github.dl4jbnfold.samediff.WindowLayer.Conv;
import io.github.dl4jbnfold.samediff.WindowLayer.Deconv;
import io.github.dl4jbnfold.samediff.WindowLayer.Depthwise;
import io.github.dl4jbnfold.samediff.WindowLayer.Pool;
import io.github.dl4jbnfold.samediff.WindowLayer.Window;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.nd4j.enums.PadMode;
import org.nd4j.enums.WeightsFormat;

/** Draws a network of 1 to 30 operators from a seed. */
final class GraphGenerator {
  private static final int LARGEST = 600;

  private final Random random;
  private final RandomGraph start;
  private final RandomGraph.Builder builder;
  private final List<Step> steps = new ArrayList<>();

  private GraphGenerator(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    start =
        new RandomGraph(
            seed,
            random.nextBoolean(),
            1 + random.nextInt(4),
            5 + random.nextInt(5),
            5 + random.nextInt(4),
            List.of(),
            List.of(0));
    builder = new RandomGraph.Builder(start);
  }

  static RandomGraph generate(long seed) {
    return new GraphGenerator(seed).generate();
  }

  private RandomGraph generate() {
    int depth = 1 + random.nextInt(30);
    for (int attempt = 0; steps.size() < depth && attempt < 10 * depth; attempt++) {
      Layer layer = layer();
      List<Integer> inputs = inputs(layer);
      Step step = new Step(steps.size() + 1, layer, inputs);
      if (isSmall(layer, inputs) && builder.add(step)) {
        steps.add(step);
      }
    }
    return start.with(steps, outputs()).tidied();
  }

  /** Keeps flattened values and their products small. */
  private boolean isSmall(Layer layer, List<Integer> inputs) {
    long elements = 0;
    for (int input : inputs) {
      Value x = builder.value(input);
      elements += (long) x.channels() * Math.max(1, x.height() * x.width());
    }
    return elements <= (layer == Layer.Shape.FLATTEN ? LARGEST / 4 : LARGEST);
  }

  /** The last value, what nothing reads (mostly), and now and then a value on the way. */
  private List<Integer> outputs() {
    Set<Integer> read = new LinkedHashSet<>();
    steps.forEach(step -> read.addAll(step.inputs()));
    Set<Integer> outputs = new LinkedHashSet<>();
    for (Step step : steps) {
      int chances = read.contains(step.id()) ? 7 : 70;
      if (random.nextInt(100) < chances) {
        outputs.add(step.id());
      }
    }
    outputs.add(steps.isEmpty() ? 0 : steps.get(steps.size() - 1).id());
    return List.copyOf(outputs);
  }

  private List<Integer> inputs(Layer layer) {
    int first = recent();
    if (layer.arity() == 1) {
      return List.of(first);
    }
    Value x = builder.value(first);
    List<Integer> partners = new ArrayList<>();
    for (int id = 0; id <= steps.size(); id++) {
      Value y = builder.value(id);
      boolean fits =
          layer instanceof Layer.Gate
              ? !y.isImage() && y.channels() == x.channels()
              : layer == Layer.Join.CONCAT
                  ? y.height() == x.height() && y.width() == x.width()
                  : y.sameShape(x);
      if (fits) {
        partners.add(id);
      }
    }
    return List.of(
        first, partners.isEmpty() ? first : partners.get(random.nextInt(partners.size())));
  }

  /** Mostly the last value, else one of the last few, else any. */
  private int recent() {
    int last = steps.size();
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3, 4, 5 -> last;
      case 6, 7, 8 -> Math.max(0, last - random.nextInt(5));
      default -> random.nextInt(last + 1);
    };
  }

  private Layer layer() {
    int dice = random.nextInt(100);
    if (dice < 26) {
      return new NormLayer(gammas(), random.nextBoolean() ? 1e-3 : 1e-5);
    }
    if (dice < 46) {
      int sharing = random.nextInt(4) == 0 ? 1 + random.nextInt(steps.size() + 1) : -1;
      return new Conv(1 + random.nextInt(4), window(), coin(), format(), sharing);
    }
    if (dice < 50) {
      return new Depthwise(1 + random.nextInt(2), window(), coin());
    }
    if (dice < 53) {
      return new Deconv(
          1 + random.nextInt(3), 1 + random.nextInt(3), 1 + random.nextInt(2), coin());
    }
    if (dice < 65) {
      return activation();
    }
    if (dice < 77) {
      return join();
    }
    if (dice < 84) {
      return any(Layer.Constant.values());
    }
    if (dice < 88) {
      return new Pool(coin(), poolingWindow(), coin());
    }
    return rare();
  }

  private Layer rare() {
    return switch (random.nextInt(13)) {
      case 0, 1 -> {
        int parts = 2 + random.nextInt(2);
        yield new Layer.Part(parts, random.nextInt(parts));
      }
      case 2 -> new Layer.Shuffle(2 + random.nextInt(2));
      case 3 -> {
        PadMode mode = random.nextInt(3) > 0 ? PadMode.CONSTANT : PadMode.REFLECT;
        yield new Layer.Pad(mode, two(), two(), two(), two());
      }
      case 4, 5 -> any(Layer.Shape.values());
      case 6 -> new Layer.Gate();
      case 7, 8, 9, 10 -> any(BlockLayer.values());
      default -> new Layer.Dense(1 + random.nextInt(5), coin());
    };
  }

  private Layer activation() {
    return random.nextInt(3) > 0 ? Layer.Activation.RELU : any(Layer.Activation.values());
  }

  private Layer join() {
    return random.nextInt(2) > 0 ? Layer.Join.ADD : any(Layer.Join.values());
  }

  private Gammas gammas() {
    return random.nextInt(3) > 0 ? (coin() ? Gammas.POSITIVE : Gammas.MIXED) : any(Gammas.values());
  }

  private WeightsFormat format() {
    return random.nextInt(3) > 0 ? WeightsFormat.YXIO : any(WeightsFormat.values());
  }

  private Window window() {
    int dilation = random.nextInt(5) == 0 ? 2 : 1;
    return new Window(
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        stride(),
        stride(),
        dilation,
        random.nextInt(5) == 0 ? 2 : dilation,
        border(two(), two()));
  }

  private Window poolingWindow() {
    int k = 1 + random.nextInt(3);
    return new Window(k, 1 + random.nextInt(3), stride(), stride(), 1, 1, border(k / 2, 0));
  }

  private Border border(int pH, int pW) {
    return switch (random.nextInt(3)) {
      case 0 -> Border.VALID;
      case 1 -> new Border(true, 0, 0);
      default -> new Border(false, pH, pW);
    };
  }

  private int stride() {
    return random.nextInt(4) == 0 ? 2 : 1;
  }

  private int two() {
    return random.nextInt(3);
  }

  private boolean coin() {
    return random.nextBoolean();
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
