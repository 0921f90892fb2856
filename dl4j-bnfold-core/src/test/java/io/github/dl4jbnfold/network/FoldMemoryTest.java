package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;

/** A fold takes the memory of the new network, and besides that of a few arrays of one layer. */
@Tag("nightly")
class FoldMemoryTest {
  private static final long MEGABYTE = 1 << 20;

  /** 19 million parameters: 76 MB. */
  private static MultiLayerNetwork network() {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().updater(new Adam(1e-3)).list();
    for (int i = 0; i < 8; i++) {
      list.layer(
          new ConvolutionLayer.Builder(3, 3)
              .nOut(512)
              .hasBias(false)
              .convolutionMode(ConvolutionMode.Same)
              .activation(Activation.IDENTITY)
              .build());
      list.layer(new BatchNormalization());
      list.layer(new ActivationLayer(Activation.RELU));
    }
    list.layer(new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build());
    MultiLayerNetwork network =
        new MultiLayerNetwork(list.setInputType(InputType.convolutional(3, 3, 512)).build());
    network.init();
    return network;
  }

  /** Parameters take as much as they do, an Adam's memory of them twice that, gradients once. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_fold_needs_little_more_memory_than_its_result(boolean trained) throws Exception {
    MultiLayerNetwork network = network();
    if (trained) {
      network.getUpdater();
    }
    long result = network.params().length() * Float.BYTES * (trained ? 4 : 1);
    long layer = 512L * 512 * 9 * Double.BYTES;
    BatchNormFolding.foldCopy(network, FoldingOptions.defaults()); // Loads and warms up.
    System.gc();
    TimeUnit.SECONDS.sleep(1);

    long grown =
        growth(() -> BatchNormFolding.foldCopy(network, FoldingOptions.defaults()).report());

    assertThat(grown / MEGABYTE).isLessThan((result + 8 * layer) / MEGABYTE);
  }

  private static long growth(Runnable work) throws InterruptedException {
    AtomicBoolean running = new AtomicBoolean(true);
    AtomicLong peak = new AtomicLong();
    Thread watch =
        new Thread(
            () -> {
              while (running.get()) {
                peak.accumulateAndGet(Pointer.physicalBytes(), Math::max);
                Thread.onSpinWait();
              }
            });
    long before = Pointer.physicalBytes();
    watch.start();
    try {
      work.run();
    } finally {
      running.set(false);
      watch.join();
    }
    return peak.get() - before;
  }
}
