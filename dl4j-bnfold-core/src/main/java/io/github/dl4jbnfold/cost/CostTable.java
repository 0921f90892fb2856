package io.github.dl4jbnfold.cost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What operators cost on this machine. A work is measured when it is first asked for, which takes
 * some 50 milliseconds and up to a second for large ones; {@link #save} remembers it for later
 * processes. Safe for several threads; measurements run one at a time.
 */
public final class CostTable {
  private final Path file;
  private final Machine machine;
  private final ToDoubleFunction<Work> meter;
  private final SortedMap<String, Double> seconds = new TreeMap<>();
  private final Map<String, UnmeasurableWorkException> refused = new HashMap<>();
  private boolean changed;

  /** A table with what its file holds for this machine: nothing if it is broken or another's. */
  CostTable(Path file, Machine machine, ToDoubleFunction<Work> meter) {
    this.file = file;
    this.machine = machine;
    this.meter = meter;
    seconds.putAll(stored());
  }

  /**
   * The table of this machine in its {@linkplain CostFolder usual place}.
   *
   * @return with what is known already
   */
  public static CostTable open() {
    Machine machine = Machine.current();
    return new CostTable(CostFolder.file(machine), machine, new SessionMeter(machine.threads()));
  }

  /**
   * The table in a file.
   *
   * @param file what lies there and is no table of this machine is replaced by {@link #save}
   * @return with what is known already
   */
  public static CostTable open(Path file) {
    Machine machine = Machine.current();
    return new CostTable(file, machine, new SessionMeter(machine.threads()));
  }

  private SortedMap<String, Double> stored() {
    try {
      return CostFile.read(file)
          .filter(content -> content.machine().equals(machine))
          .map(CostFile::seconds)
          .orElseGet(Collections::emptySortedMap);
    } catch (IOException e) {
      // A cache that cannot be read is an empty one.
      return Collections.emptySortedMap();
    }
  }

  /**
   * The seconds that one more operator of this kind adds to a run of a SameDiff graph, at least 0.
   *
   * @param work is measured when it is first asked for, which takes up to a second
   * @return seconds
   * @throws UnmeasurableWorkException if ND4J cannot run it
   */
  public synchronized double seconds(Work work) {
    String key = work.key();
    UnmeasurableWorkException refusal = refused.get(key);
    if (refusal != null) {
      throw refusal;
    }
    Double known = seconds.get(key);
    if (known != null) {
      return known;
    }
    try {
      double measured = meter.applyAsDouble(work);
      seconds.put(key, measured);
      changed = true;
      return measured;
    } catch (UnmeasurableWorkException e) {
      refused.put(key, e);
      throw e;
    }
  }

  /**
   * Writes what was measured, together with what another process has written since.
   *
   * @return false if the file cannot be written; nothing is lost but the time to measure anew
   */
  public synchronized boolean save() {
    if (!changed) {
      return true;
    }
    SortedMap<String, Double> all = new TreeMap<>(stored());
    all.putAll(seconds);
    try {
      new CostFile(machine, all).write(file);
      changed = false;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** {@return a copy of all that is known so far: seconds by {@link Work#key()}} */
  public synchronized SortedMap<String, Double> known() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(seconds));
  }

  /** {@return where {@link #save} writes} */
  public Path file() {
    return file;
  }

  /** {@return the machine whose costs these are} */
  public Machine machine() {
    return machine;
  }
}
