package io.github.dl4jbnfold.examples.command.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.graph.DType;
import org.nd4j.graph.FlatArray;
import org.nd4j.graph.FlatGraph;
import org.nd4j.graph.FlatVariable;
import org.nd4j.graph.IntPair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class FlatGraphCheckTest {
  /** A graph of one variable whose array claims a shape and has some bytes. */
  private static byte[] claiming(long[] shapeInfo, int bytes) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int shape = FlatArray.createShapeVector(builder, shapeInfo);
    int data = FlatArray.createBufferVector(builder, new byte[bytes]);
    int array = FlatArray.createFlatArray(builder, shape, data, DType.FLOAT, (byte) 0);
    int name = builder.createString("w");
    int id = IntPair.createIntPair(builder, 1, 0);
    int variable =
        FlatVariable.createFlatVariable(
            builder, id, name, DType.FLOAT, 0, array, 0, (byte) 0, 0, 0, 0);
    int variables = FlatGraph.createVariablesVector(builder, new int[] {variable});
    builder.finish(FlatGraph.createFlatGraph(builder, 0, variables, 0, 0, 0, 0, 0, 0, 0, 0));
    return builder.sizedByteArray();
  }

  private static String complaint(byte[] content) {
    return FlatGraphCheck.of(content).complaint();
  }

  @Test
  void an_array_that_fits_its_data_passes() {
    assertThat(complaint(claiming(new long[] {2, 3, 4, 4, 1, 0, 1, 99}, 48))).isEmpty();
  }

  @Test
  void an_array_of_terabytes_in_a_small_file_is_refused() {
    assertThat(complaint(claiming(new long[] {2, 1 << 20, 1 << 20, 1, 1, 0, 1, 99}, 48)))
        .contains("impossibly large");
  }

  @Test
  void a_size_whose_product_overflows_is_refused() {
    assertThat(complaint(claiming(new long[] {2, 1L << 32, 1L << 32, 1, 1, 0, 1, 99}, 48)))
        .contains("impossible size");
  }

  @Test
  void an_array_larger_than_its_data_is_refused() {
    assertThat(complaint(claiming(new long[] {2, 3, 5, 5, 1, 0, 1, 99}, 48)))
        .contains("larger than its data");
  }

  @Test
  void strides_that_leave_the_data_are_refused() {
    assertThat(complaint(claiming(new long[] {2, 3, 4, 1000, 1, 0, 1, 99}, 48)))
        .contains("strides");
  }

  @Test
  void a_shape_without_strides_is_refused() {
    assertThat(complaint(claiming(new long[] {2, 3, 4}, 48))).contains("incomplete");
    assertThat(complaint(claiming(new long[] {}, 48))).contains("no shape");
    assertThat(complaint(claiming(new long[] {1000}, 48))).contains("no shape");
  }

  @Test
  void arrays_of_all_kinds_pass() {
    SameDiff graph = SameDiff.create();
    for (DataType type :
        new DataType[] {
          DataType.DOUBLE,
          DataType.FLOAT,
          DataType.FLOAT16,
          DataType.BFLOAT16,
          DataType.INT64,
          DataType.INT8,
          DataType.BOOL
        }) {
      graph.constant("of" + type, Nd4j.ones(3, 4).castTo(type));
    }
    graph.constant("scalar", Nd4j.scalar(2.5));
    graph.constant("transposed", Nd4j.rand(3, 4).transpose());
    graph.constant("column", Nd4j.rand(3, 4).getColumn(1));
    graph.constant("fortran", Nd4j.rand(3, 4).dup('f'));
    graph.constant("empty", Nd4j.empty(DataType.FLOAT));
    graph.constant("words", Nd4j.create("one", "two"));
    graph.nn.relu("relu", graph.getVariable("of" + DataType.FLOAT), 0);
    byte[] bytes = new GraphModel(graph, false).bytes();
    assertThat(complaint(bytes)).isEmpty();
  }
}
