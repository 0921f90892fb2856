package io.github.dl4jbnfold.network.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.dl4jbnfold.network.structure.Step;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.util.List;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

/** Somebody has decided what each class of Deeplearning4j is, a wall if nothing else. */
class ListedClassesTest {
  private static final JavaClasses CLASSES = new ClassFileImporter().importUrl(jar());

  private static URL jar() {
    return Layer.class.getProtectionDomain().getCodeSource().getLocation();
  }

  @Test
  void every_layer_is_listed_or_a_wrapper_that_is_taken_off() {
    List<Class<?>> layers = concrete(Layer.class);

    assertThat(layers).hasSizeGreaterThan(50);
    assertThat(layers).filteredOn(not(LayerAdapters::isListed)).allMatch(this::isTakenOff);
  }

  @Test
  void every_vertex_is_listed_or_a_wrapper_that_is_taken_off() {
    List<Class<?>> vertices = concrete(GraphVertex.class);

    assertThat(vertices).hasSizeGreaterThan(15);
    assertThat(vertices)
        .filteredOn(not(VertexAdapters::isListed))
        .filteredOn(not(LayerVertex.class::equals)) // A layer to the reader.
        .allMatch(this::isVertexTakenOff);
  }

  @Test
  void every_preprocessor_is_listed() {
    assertThat(concrete(InputPreProcessor.class))
        .hasSizeGreaterThan(8)
        .allMatch(Preprocessors::isListed);
  }

  private static Predicate<Class<?>> not(Predicate<Class<?>> predicate) {
    return predicate.negate();
  }

  private static List<Class<?>> concrete(Class<?> base) {
    return CLASSES.stream()
        .filter(type -> type.isAssignableTo(base))
        .filter(type -> !type.isInterface())
        .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
        .<Class<?>>map(JavaClass::reflect)
        .toList();
  }

  private boolean isTakenOff(Class<?> wrapper) {
    Layer inner = new ActivationLayer(Activation.RELU);
    NeuralNetConfiguration configuration = new NeuralNetConfiguration();
    configuration.setLayer((Layer) wrapped(wrapper, Layer.class, inner));
    return Step.of("step", List.of(), null, configuration).layer() == inner;
  }

  private boolean isVertexTakenOff(Class<?> wrapper) {
    GraphVertex inner = new ScaleVertex(2);
    GraphVertex outer = (GraphVertex) wrapped(wrapper, GraphVertex.class, inner);
    return Step.of("step", List.of(), outer).plainVertex() == inner;
  }

  private static Object wrapped(Class<?> wrapper, Class<?> parameter, Object inner) {
    try {
      Constructor<?> constructor = wrapper.getConstructor(parameter);
      return constructor.newInstance(inner);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(wrapper + " is neither listed nor a wrapper", e);
    }
  }
}
