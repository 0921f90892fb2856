package io.github.dl4jbnfold.plan;

/** Gaussian elimination with pivots, for the few equations of a small network. */
final class Elimination {
  private Elimination() {}

  /**
   * Whether linear equations have a common solution.
   *
   * @param rows the coefficients of each equation and then its right-hand side; changed in place
   */
  static boolean hasSolution(double[][] rows) {
    int unknowns = rows.length == 0 ? 0 : rows[0].length - 1;
    int done = 0;
    for (int column = 0; column < unknowns && done < rows.length; column++) {
      int pivot = done;
      for (int r = done; r < rows.length; r++) {
        pivot = Math.abs(rows[r][column]) > Math.abs(rows[pivot][column]) ? r : pivot;
      }
      if (Math.abs(rows[pivot][column]) > 1e-9) {
        double[] swap = rows[pivot];
        rows[pivot] = rows[done];
        rows[done] = swap;
        for (int r = done + 1; r < rows.length; r++) {
          double factor = rows[r][column] / swap[column];
          for (int i = column; i <= unknowns && factor != 0; i++) {
            rows[r][i] -= factor * swap[i];
          }
        }
        done++;
      }
    }
    for (int r = done; r < rows.length; r++) {
      if (Math.abs(rows[r][unknowns]) > 1e-9) {
        return false;
      }
    }
    return true;
  }
}
