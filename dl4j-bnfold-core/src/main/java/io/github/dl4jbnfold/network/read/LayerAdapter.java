package io.github.dl4jbnfold.network.read;

/** Reads one family of layers. */
@FunctionalInterface
interface LayerAdapter {
  /** A layer that no gauge passes. */
  LayerAdapter WALL = Site::wall;

  /** Adds what the layer is to the graph. */
  void read(Site site);
}
