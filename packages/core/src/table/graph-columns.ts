/**
 * How one object holds another. Files have the position in this list: it only ever grows at its end.
 */
export const edgeKinds = [
  'item',
  'key',
  'attribute',
  'local',
  'global',
  'cell',
  'default',
  'class',
  'dict key',
  'other',
] as const;

/** How one object holds another: `item` is numbered, every other kind is named. */
export type EdgeKind = (typeof edgeKinds)[number];

/** Who holds an object without being one. Files have the position in this list. */
export const rootKinds = ['module', 'frame', 'host', 'other'] as const;

/** Who holds an object without being one: `host` is whatever could not be seen. */
export type RootKind = (typeof rootKinds)[number];

/** The objects of a heap. */
export type GraphObjectColumns = {
  /** Number of rows. */
  readonly length: number;
  /** Row in the graph's strings: the type's name, `''` = unknown. */
  readonly type: Int32Array;
  /** Bytes of the object's own blocks; 0 for what costs nothing, such as a frame that stands for a root. */
  readonly size: Float64Array;
  /** Row in the snapshot's sites: where it was born; −1 = not known. */
  readonly site: Int32Array;
  /** Object i holds what the edges `edgeOffset[i] … edgeOffset[i + 1]` say; `length + 1` entries. */
  readonly edgeOffset: Int32Array;
};

/** Who holds whom. */
export type GraphEdgeColumns = {
  /** Number of rows. */
  readonly length: number;
  /** Row of the object that is held. */
  readonly to: Int32Array;
  /** Which {@link EdgeKind}: 0 item, 1 key, 2 attribute, 3 local, 4 global, 5 cell, 6 default, 7 class, 8 dict key, 9 other. */
  readonly kind: Uint8Array;
  /** Of an `item` its number, else a row in the graph's strings. */
  readonly name: Int32Array;
};

/** What holds objects from outside. An object may have several. */
export type GraphRootColumns = {
  /** Number of rows. */
  readonly length: number;
  /** Row of the object that is held. */
  readonly object: Int32Array;
  /** Which {@link RootKind}: 0 module, 1 frame, 2 host, 3 other. */
  readonly kind: Uint8Array;
  /** Row in the graph's strings: the module, or the function of a frame. */
  readonly name: Int32Array;
};

/** The objects of one moment and who held whom, as columns. */
export type GraphData = {
  /** What there was. */
  readonly objects: GraphObjectColumns;
  /** Who held whom, by holder. */
  readonly edges: GraphEdgeColumns;
  /** What held objects from outside. */
  readonly roots: GraphRootColumns;
  /** Types and names; row 0 is the empty string. */
  readonly strings: readonly string[];
};
