package io.github.dl4jbnfold.network.structure;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs that leave no workspace open. A forward pass of Deeplearning4j that throws does, and every
 * later one of the same thread is refused: "Expected no workspace active".
 */
final class Workspaces {
  private Workspaces() {}

  static <T> T closedAfterFailure(Supplier<T> run) {
    MemoryWorkspace current = Nd4j.getMemoryManager().getCurrentWorkspace();
    Set<String> open = open();
    try {
      return run.get();
    } catch (RuntimeException e) {
      for (MemoryWorkspace workspace : all()) {
        while (workspace.isScopeActive() && !open.contains(workspace.getId())) {
          workspace.close();
        }
      }
      Nd4j.getMemoryManager().setCurrentWorkspace(current);
      throw e;
    }
  }

  private static Set<String> open() {
    Set<String> open = new HashSet<>();
    all().stream().filter(MemoryWorkspace::isScopeActive).forEach(w -> open.add(w.getId()));
    return open;
  }

  private static List<MemoryWorkspace> all() {
    List<MemoryWorkspace> all = Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread();
    return all == null ? List.of() : all;
  }
}
