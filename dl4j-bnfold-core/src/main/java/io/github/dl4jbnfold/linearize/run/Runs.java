package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.run.Node.Activation;
import io.github.dl4jbnfold.linearize.run.Node.Addition;
import io.github.dl4jbnfold.linearize.run.Node.Linear;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Finds the longest runs of a network, series and residual connections put together. */
public final class Runs {
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, Strand> strands = new LinkedHashMap<>();
  private final Set<Strand> continued = Collections.newSetFromMap(new IdentityHashMap<>());

  /** What is known of a tensor: parts that make it of another one. */
  private record Strand(String origin, List<Part> parts) {
    Strand plus(Part part) {
      List<Part> longer = new ArrayList<>(parts);
      longer.add(part);
      return new Strand(origin, List.copyOf(longer));
    }
  }

  private Runs(List<Node> nodes, List<String> outputs) {
    nodes.forEach(node -> node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum)));
    outputs.forEach(output -> readers.merge(output, 1, Integer::sum));
    nodes.forEach(this::read);
  }

  /**
   * The runs of a network, in its order.
   *
   * @param nodes each behind those that it reads
   * @param outputs names of what the network writes
   * @param sizes of a tensor, one for each spatial axis
   */
  public static List<Run> of(
      List<Node> nodes, List<String> outputs, Function<String, List<Long>> sizes) {
    Runs found = new Runs(nodes, outputs);
    return found.strands.values().stream()
        .filter(strand -> !strand.parts.isEmpty() && !found.continued.contains(strand))
        .map(strand -> new Run(strand.origin, strand.parts, sizes.apply(strand.origin)))
        .toList();
  }

  private void read(Node node) {
    Strand strand;
    boolean ends = false;
    if (node.kind() instanceof Linear linear) {
      strand = behind(node.inputs().get(0)).plus(linear.unit());
      ends = linear.ends();
    } else if (node.kind() instanceof Activation activation) {
      strand = behind(node.inputs().get(0)).plus(activation.gate());
    } else if (node.kind() instanceof Addition) {
      strand = block(node).orElse(new Strand(node.name(), List.of()));
    } else {
      strand = new Strand(node.name(), List.of());
    }
    if (ends) {
      strands.put(node.name() + " before its activation", strand);
      strand = new Strand(node.name(), List.of());
    }
    strands.put(node.name(), strand);
  }

  /** What a reader of a tensor goes on with. */
  private Strand behind(String tensor) {
    return isReadOnce(tensor) ? continuing(tensor) : new Strand(tensor, List.of());
  }

  private Strand continuing(String tensor) {
    Strand strand = known(tensor);
    continued.add(strand);
    return strand;
  }

  private Strand known(String tensor) {
    return strands.getOrDefault(tensor, new Strand(tensor, List.of()));
  }

  private boolean isReadOnce(String tensor) {
    return readers.getOrDefault(tensor, 0) == 1;
  }

  /** The sum as a part behind what all its branches read; empty if they read different things. */
  private Optional<Strand> block(Node sum) {
    List<Strand> branches = sum.inputs().stream().map(this::branch).toList();
    Set<String> forks = new HashSet<>();
    branches.forEach(branch -> forks.add(branch.origin));
    if (forks.size() != 1) {
      return Optional.empty();
    }
    String fork = forks.iterator().next();
    branches.forEach(continued::add);
    Block block = new Block(sum.name(), branches.stream().map(Strand::parts).toList());
    boolean ownFork = readers.getOrDefault(fork, 0) == branches.size();
    return Optional.of((ownFork ? continuing(fork) : new Strand(fork, List.of())).plus(block));
  }

  /** An addend as a branch: a tensor that others read as well is a fork itself. */
  private Strand branch(String addend) {
    return isReadOnce(addend) ? known(addend) : new Strand(addend, List.of());
  }
}
