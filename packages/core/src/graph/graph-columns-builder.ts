import {
  type EdgeKind,
  edgeKinds,
  type GraphData,
  type RootKind,
  rootKinds,
} from '../table/graph-columns.ts';
import { StringTable } from '../table/string-table.ts';

/** Names that are told apart; the others are one. */
const maxNames = 2 ** 20;
/** Characters of a name that are kept. */
const maxName = 120;

/** Columns of a graph, written object by object: the edges that are added are those of the last object. */
export class GraphColumnsBuilder {
  readonly #strings = new StringTable();
  #type = new Int32Array(1024);
  #size = new Float64Array(1024);
  #site = new Int32Array(1024);
  #offset = new Int32Array(1025);
  #objects = 0;
  #to = new Int32Array(4096);
  #kind = new Uint8Array(4096);
  #name = new Int32Array(4096);
  #edges = 0;
  readonly #roots: [object: number, kind: number, name: number][] = [];

  /** Adds an object. @param site −1 = not known where it was born. */
  object(type: string, size: number, site: number): void {
    const row = this.#objects++;
    if (row === this.#type.length) {
      this.#type = twice(this.#type, new Int32Array(row * 2));
      this.#size = twice(this.#size, new Float64Array(row * 2));
      this.#site = twice(this.#site, new Int32Array(row * 2));
      this.#offset = twice(this.#offset, new Int32Array(row * 2 + 1));
    }
    this.#type[row] = this.#text(type);
    this.#size[row] = size;
    this.#site[row] = site;
    this.#offset[row + 1] = this.#edges;
  }

  /**
   * The last object holds object `to`, which may be added later.
   * @param name Of an `item` its number; what is no number from 0 on is a `key`.
   */
  edge(to: number, kind: EdgeKind, name: string | number): void {
    const row = this.#edges++;
    if (row === this.#to.length) {
      this.#to = twice(this.#to, new Int32Array(row * 2));
      this.#kind = twice(this.#kind, new Uint8Array(row * 2));
      this.#name = twice(this.#name, new Int32Array(row * 2));
    }
    const isItem = kind === 'item' && typeof name === 'number' && name >= 0 && (name | 0) === name;
    this.#to[row] = to;
    this.#kind[row] = kindRows.get(isItem || kind !== 'item' ? kind : 'key')!;
    this.#name[row] = isItem ? name : this.#text(String(name));
    this.#offset[this.#objects] = this.#edges;
  }

  root(object: number, kind: RootKind, name: string): void {
    this.#roots.push([object, rootKinds.indexOf(kind), this.#text(name)]);
  }

  get objects(): number {
    return this.#objects;
  }

  /** Who holds whom so far, without a copy. */
  get links(): { readonly edgeOffset: Int32Array; readonly to: Int32Array } {
    return { edgeOffset: this.#offset.subarray(0, this.#objects + 1), to: this.#to };
  }

  /** The columns, each as long as it must be. */
  finish(): GraphData {
    const { length } = this.#roots;
    return {
      objects: {
        length: this.#objects,
        type: this.#type.slice(0, this.#objects),
        size: this.#size.slice(0, this.#objects),
        site: this.#site.slice(0, this.#objects),
        edgeOffset: this.#offset.slice(0, this.#objects + 1),
      },
      edges: {
        length: this.#edges,
        to: this.#to.slice(0, this.#edges),
        kind: this.#kind.slice(0, this.#edges),
        name: this.#name.slice(0, this.#edges),
      },
      roots: {
        length,
        object: Int32Array.from(this.#roots, ([object]) => object),
        kind: Uint8Array.from(this.#roots, ([, kind]) => kind),
        name: Int32Array.from(this.#roots, ([, , name]) => name),
      },
      strings: this.#strings.toArray(),
    };
  }

  #text(text: string): number {
    const shown = text.length > maxName ? `${text.slice(0, maxName - 1)}…` : text;
    return this.#strings.length < maxNames
      ? this.#strings.intern(shown)
      : this.#strings.intern('…');
  }
}

const kindRows: ReadonlyMap<EdgeKind, number> = new Map(
  edgeKinds.map((kind, row): [EdgeKind, number] => [kind, row]),
);

function twice<Column extends Int32Array | Float64Array | Uint8Array>(from: Column, to: Column) {
  to.set(from);
  return to;
}
