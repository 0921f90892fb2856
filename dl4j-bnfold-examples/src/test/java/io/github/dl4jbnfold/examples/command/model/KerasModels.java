package io.github.dl4jbnfold.examples.command.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bytedeco.hdf5.Attribute;
import org.bytedeco.hdf5.DataSet;
import org.bytedeco.hdf5.DataSpace;
import org.bytedeco.hdf5.Group;
import org.bytedeco.hdf5.H5File;
import org.bytedeco.hdf5.PredType;
import org.bytedeco.hdf5.StrType;
import org.bytedeco.hdf5.global.hdf5;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/** Files as Keras 2 writes them: an image, a convolution, a batch normalization, classes. */
public final class KerasModels {
  private static final String SEQUENTIAL =
      """
      {"class_name": "Sequential", "config": {"name": "model", "layers": [%s]}}\
      """;

  private static final String FUNCTIONAL =
      """
      {"class_name": "Model", "config": {"name": "model", "layers": [%s],
       "input_layers": [["image", 0, 0]], "output_layers": [["classes", 0, 0]]}}\
      """;

  private static final String INITIALIZERS =
      """
      "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
      "bias_initializer": {"class_name": "Zeros", "config": {}},\
      """;

  private final Random random = new Random(11);
  private final Map<String, Map<String, long[]>> layers = new LinkedHashMap<>();

  /** A Sequential model. */
  public static Path sequential(Path file, boolean center) {
    String layers =
        String.join(
            ",",
            layer("Conv2D", "conv", convolution("\"batch_input_shape\": [null, 8, 6, 3],"), ""),
            layer("BatchNormalization", "bn", norm(center), ""),
            layer("Flatten", "flatten", "\"name\": \"flatten\"", ""),
            layer("Dense", "classes", dense(), ""));
    return new KerasModels().write(file, SEQUENTIAL.formatted(layers), center);
  }

  /** A functional model. */
  public static Path functional(Path file) {
    String layers =
        String.join(
            ",",
            layer(
                "InputLayer",
                "image",
                "\"name\": \"image\", \"batch_input_shape\": [null, 8, 6, 3]",
                ""),
            layer("Conv2D", "conv", convolution(""), "image"),
            layer("BatchNormalization", "bn", norm(true), "conv"),
            layer("Flatten", "flatten", "\"name\": \"flatten\"", "bn"),
            layer("Dense", "classes", dense(), "flatten"));
    return new KerasModels().write(file, FUNCTIONAL.formatted(layers), true);
  }

  private static String layer(String type, String name, String config, String input) {
    String inbound = input.isEmpty() ? "" : "[[\"%s\", 0, 0, {}]]".formatted(input);
    return """
    {"class_name": "%s", "name": "%s", "config": {%s}, "inbound_nodes": [%s]}\
    """
        .formatted(type, name, config, inbound);
  }

  private static String convolution(String input) {
    return """
    "name": "conv", %s %s "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same",
    "data_format": "channels_last", "dilation_rate": [1, 1], "activation": "linear",
    "use_bias": true, "kernel_regularizer": null, "bias_regularizer": null,
    "kernel_constraint": null, "bias_constraint": null, "trainable": true\
    """
        .formatted(input, INITIALIZERS);
  }

  private static String norm(boolean center) {
    return """
    "name": "bn", "axis": -1, "momentum": 0.99, "epsilon": 0.001, "center": %s, "scale": true,
    "beta_regularizer": null, "gamma_regularizer": null, "beta_constraint": null,
    "gamma_constraint": null, "trainable": true\
    """
        .formatted(center);
  }

  private static String dense() {
    return """
    "name": "classes", %s "units": 5, "activation": "softmax", "use_bias": true,
    "kernel_regularizer": null, "bias_regularizer": null, "kernel_constraint": null,
    "bias_constraint": null, "trainable": true\
    """
        .formatted(INITIALIZERS);
  }

  @SuppressWarnings("unchecked") // PointerScope takes classes as an array, here none
  private Path write(Path file, String configuration, boolean center) {
    layers.put("conv", weights("kernel", 3, 3, 3, 4, "bias", 4));
    layers.put(
        "bn",
        center
            ? weights("gamma", 4, "beta", 4, "moving_mean", 4, "moving_variance", 4)
            : weights("gamma", 4, "moving_mean", 4, "moving_variance", 4));
    layers.put("classes", weights("kernel", 192, 5, "bias", 5));
    // Nothing is left to the thread that frees what is garbage: HDF5 is not made for two threads,
    // and what is damaged so shows as a crash when the process ends.
    try (PointerScope scope = new PointerScope()) {
      assertThat(PointerScope.getInnerScope()).isSameAs(scope);
      content(file, configuration);
    }
    return file;
  }

  private void content(Path file, String configuration) {
    H5File h5 = new H5File(file.toString(), hdf5.H5F_ACC_TRUNC);
    attribute(h5, "keras_version", "2.4.0");
    attribute(h5, "backend", "tensorflow");
    attribute(h5, "model_config", configuration);
    Group root = h5.createGroup("model_weights");
    attribute(root, "keras_version", "2.4.0");
    attribute(root, "backend", "tensorflow");
    layers.forEach((layer, weights) -> write(root, layer, weights));
  }

  /** Names, each followed by the sizes of its axes. */
  private static Map<String, long[]> weights(Object... namesAndSizes) {
    Map<String, long[]> weights = new LinkedHashMap<>();
    int i = 0;
    while (i < namesAndSizes.length) {
      String name = (String) namesAndSizes[i++];
      int start = i;
      while (i < namesAndSizes.length && namesAndSizes[i] instanceof Integer) {
        i++;
      }
      long[] shape = new long[i - start];
      for (int axis = 0; axis < shape.length; axis++) {
        shape[axis] = (Integer) namesAndSizes[start + axis];
      }
      weights.put(name, shape);
    }
    return weights;
  }

  private void write(Group root, String layer, Map<String, long[]> weights) {
    Group outer = root.createGroup(layer);
    StringBuilder names = new StringBuilder();
    weights.keySet().forEach(name -> names.append(layer).append('/').append(name).append(":0 "));
    attribute(outer, "weight_names", names.toString());
    Group inner = outer.createGroup(layer);
    weights.forEach(
        (name, shape) -> {
          DataSpace space = new DataSpace(shape.length, shape);
          DataSet data = inner.createDataSet(name + ":0", PredType.IEEE_F32LE(), space);
          data.write(new FloatPointer(values(name, shape)), PredType.NATIVE_FLOAT());
          data.close();
        });
  }

  private float[] values(String name, long[] shape) {
    int length = 1;
    for (long size : shape) {
      length *= (int) size;
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          name.equals("moving_variance")
              ? 0.2f + random.nextFloat()
              : (float) random.nextGaussian() * 0.5f;
    }
    return values;
  }

  private static void attribute(Group at, String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StrType type = new StrType(PredType.C_S1(), bytes.length + 1);
    Attribute attribute = at.createAttribute(name, type, new DataSpace(hdf5.H5S_SCALAR));
    attribute.write(type, new BytePointer(text + "\0"));
    attribute.close();
  }
}
