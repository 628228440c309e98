import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor } from '@tracemalloc/core/analysis';

/** Shares of less than 2^-62 are as good as none. */
const powers = 64;

/**
 * How far stacks are in nodes of the call tree that have a share: it is gone down the tree, and no
 * further where a node weighs less. Cost: O(frames of tracebacks that are in nodes with it).
 */
export class VisibleStacks {
  /** By traceback: how many of its frames, the oldest first. */
  readonly depth: Int32Array;
  readonly #cursor: FrameCursor;
  readonly #weight: Float64Array;
  readonly #share: number;
  /** Nodes by the power of two below their share. */
  readonly #nodesOf = new Float64Array(powers);
  /** Scratch: by frame its child of the node that is looked at. */
  readonly #childOf: Int32Array;
  readonly #seenAt: Int32Array;
  readonly #kept: Int32Array;
  #filled = 0;

  /** @param weight by traceback. */
  constructor(data: SnapshotData, weight: Float64Array, share: number) {
    const { length } = data.tracebacks;
    this.depth = new Int32Array(length);
    this.#cursor = new FrameCursor(data);
    this.#weight = weight;
    this.#share = share;
    this.#childOf = new Int32Array(data.frames.length);
    this.#seenAt = new Int32Array(data.frames.length).fill(-1);
    this.#kept = new Int32Array(length);
    let rows = Int32Array.from({ length }, (_, row) => row);
    let ends = [length];
    let node = 0;
    for (let depth = 0; ends.length > 0; depth++) {
      const next: number[] = [];
      this.#filled = 0;
      let from = 0;
      for (const end of ends) {
        this.#goDown(node++, rows.subarray(from, end), depth, next);
        from = end;
      }
      rows = this.#kept.slice(0, this.#filled);
      ends = next;
    }
  }

  /** A share that at most so many nodes have: a power of two; 0 = all that were seen are fewer. */
  shareOf(nodes: number): number {
    let count = 0;
    for (let power = 0; power < powers; power++) {
      count += this.#nodesOf[power]!;
      if (count > nodes) return 2 ** -Math.max(0, power - 1);
    }
    return 0;
  }

  /** Keeps the tracebacks of a node that are in children with the share, child by child. */
  #goDown(node: number, rows: Int32Array, depth: number, ends: number[]): void {
    const [sums, sizes] = this.#childrenOf(node, rows, depth);
    const starts = sums.map((sum, child) => {
      if (!(sum >= this.#share)) return -1;
      this.#nodesOf[Math.min(powers - 1, Math.max(0, Math.ceil(-Math.log2(sum))))]!++;
      const start = this.#filled;
      this.#filled += sizes[child]!;
      ends.push(this.#filled);
      return start;
    });
    for (const row of rows) {
      const frame = this.#frameAt(row, depth);
      if (frame < 0) continue;
      const child = this.#childOf[frame]!;
      if (starts[child]! < 0) continue;
      this.depth[row] = depth + 1;
      this.#kept[starts[child]!++] = row;
    }
  }

  /** What the children of a node weigh, and how many tracebacks they have. */
  #childrenOf(node: number, rows: Int32Array, depth: number): [sums: number[], sizes: number[]] {
    const sums: number[] = [];
    const sizes: number[] = [];
    for (const row of rows) {
      const frame = this.#frameAt(row, depth);
      if (frame < 0) continue;
      if (this.#seenAt[frame] !== node) {
        this.#seenAt[frame] = node;
        this.#childOf[frame] = sums.push(0) - 1;
        sizes.push(0);
      }
      const child = this.#childOf[frame]!;
      sums[child]! += this.#weight[row]!;
      sizes[child]!++;
    }
    return [sums, sizes];
  }

  /** Tracebacks are most recent first; depth 0 is the oldest frame. −1 = none. */
  #frameAt(row: number, depth: number): number {
    const cursor = this.#cursor.moveTo(row);
    return depth < cursor.length ? cursor.at(cursor.length - 1 - depth) : -1;
  }
}
