package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.measure.InterleavedTimes.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What models took, as data that become JSON.
 *
 * @param threads that ND4J computed with
 */
record Timing(int threads, List<Batch> batches) {

  /**
   * Times of one batch size.
   *
   * @param size examples in a batch
   * @param inputs their shapes by name: what a model leaves open was chosen
   * @param rounds how often each model was measured
   */
  record Batch(int size, Map<String, String> inputs, int rounds, List<Row> models) {}

  /**
   * Times of one model.
   *
   * @param milliseconds of a batch: the median, and the quartiles around it
   * @param ofFirst its time over that of the first model, round by round
   */
  record Row(String model, Spread milliseconds, Spread ofFirst) {}

  String toText() {
    StringBuilder text = new StringBuilder();
    for (Batch batch : batches) {
      text.append(
          "batch of %d (%s), medians of %d rounds in turns, %d thread%s%n"
              .formatted(
                  batch.size,
                  String.join(", ", shapes(batch)),
                  batch.rounds,
                  threads,
                  threads == 1 ? "" : "s"));
      int width = batch.models.stream().mapToInt(row -> row.model.length()).max().orElse(0);
      for (Row row : batch.models) {
        text.append(line(row, width, row.equals(batch.models.get(0))));
      }
    }
    return text.toString();
  }

  private static List<String> shapes(Batch batch) {
    return batch.inputs.entrySet().stream()
        .map(input -> input.getKey() + " " + input.getValue())
        .toList();
  }

  private static String line(Row row, int width, boolean first) {
    String time =
        String.format(
            Locale.ROOT,
            "  %-" + Math.max(1, width) + "s %10.3f ms",
            row.model,
            row.milliseconds.median());
    return first
        ? "%s%n".formatted(time)
        : String.format(
            Locale.ROOT,
            "%s   %.2f of the time (%.2f to %.2f)%n",
            time,
            row.ofFirst.median(),
            row.ofFirst.lower(),
            row.ofFirst.upper());
  }
}
