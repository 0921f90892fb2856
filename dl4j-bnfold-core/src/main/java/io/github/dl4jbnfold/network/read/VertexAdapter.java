package io.github.dl4jbnfold.network.read;

/** Reads one family of vertices. */
@FunctionalInterface
interface VertexAdapter {
  /** A vertex that no gauge passes. */
  VertexAdapter WALL = VertexSite::wall;

  /** Adds what the vertex is to the graph. */
  void read(VertexSite site);
}
