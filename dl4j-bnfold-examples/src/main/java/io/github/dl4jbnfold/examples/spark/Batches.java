package io.github.dl4jbnfold.examples.spark;

import io.github.dl4jbnfold.examples.model.ShapeImages;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.mapreduce.lib.input.InvalidInputException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.input.PortableDataStream;
import org.apache.spark.storage.StorageLevel;
import org.nd4j.linalg.dataset.DataSet;

/** Examples in batches, which the workers read or draw themselves. */
final class Batches {
  private static final int DRAWN = 32;

  private Batches() {}

  /**
   * A directory of files that {@code DataSet.save} has written, each of them a batch.
   *
   * @param directory on the disk of one machine or, for a cluster, where all workers can read it
   * @throws JobFailure if there is none, or none of its files is a DataSet
   */
  static JavaRDD<DataSet> saved(JavaSparkContext spark, String directory) {
    JavaRDD<DataSet> batches =
        spark
            .binaryFiles(directory, spark.defaultParallelism())
            .map(file -> load(file._1(), file._2()));
    try {
      if (batches.isEmpty()) {
        throw new JobFailure(
            "%s: there are no files in it. Save DataSets there.".formatted(directory));
      }
    } catch (Exception e) {
      if (e instanceof InvalidInputException) { // Scala does not declare it.
        throw new JobFailure(
            "%s: there is no such directory. Check the path.".formatted(directory), e);
      }
      throw e;
    }
    return batches.persist(StorageLevel.MEMORY_AND_DISK_SER());
  }

  private static DataSet load(String file, PortableDataStream content) {
    DataSet batch = new DataSet();
    try (InputStream stream = content.open()) {
      batch.load(stream);
    } catch (Exception e) {
      throw new JobFailure("%s: this is no DataSet. Maybe move it elsewhere.".formatted(file), e);
    }
    return batch;
  }

  /** Generated images of {@link ShapeImages}, others for each seed. */
  static JavaRDD<DataSet> shapes(JavaSparkContext spark, int count, int seed) {
    List<Long> seeds =
        IntStream.range(0, count).mapToObj(batch -> (long) seed << 32 | batch).toList();
    return spark
        .parallelize(seeds)
        .map(Batches::shapes)
        .persist(StorageLevel.MEMORY_AND_DISK_SER());
  }

  private static DataSet shapes(long seed) {
    ShapeImages images = ShapeImages.generate(DRAWN, seed);
    return new DataSet(images.images(), images.oneHot());
  }
}
