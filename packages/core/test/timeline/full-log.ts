/** Bytes and blocks by site. */
export type Uses = ReadonlyMap<string, readonly [size: number, count: number]>;

type Block = { readonly site: string; readonly size: number; readonly birth: number };
type Heap = { now: Map<number, Block>; old: Map<number, Block> | null };
type State = {
  readonly blocks: readonly Block[];
  readonly allocated: Uses;
  readonly bytes: number;
};

/** A guest's memory, of which every moment is kept whole: the slow way to answer what a time line is asked. */
export class FullLog {
  /** By the number of events until then. */
  readonly states: State[] = [];
  readonly #heaps: readonly Heap[];
  #allocated = new Map<string, readonly [number, number]>();

  constructor(domains: number) {
    this.#heaps = Array.from({ length: domains }, () => ({ now: new Map(), old: null }));
    this.#keep();
  }

  alloc(domain: number, id: number, size: number, site: string): void {
    this.#put(domain, id, size, site);
    this.#keep();
  }

  realloc(domain: number, from: number, to: number, size: number, site: string): void {
    this.#drop(domain, from);
    this.#put(domain, to, size, site);
    this.#keep();
  }

  resize(domain: number, id: number, size: number): void {
    const { holder, block } = this.#find(domain, id);
    if (block !== undefined) {
      holder.set(id, { ...block, size });
      if (size > block.size) this.#allocate(block.site, size - block.size, 0);
    }
    this.#keep();
  }

  retag(domain: number, id: number, site: string): void {
    const { holder, block } = this.#find(domain, id);
    if (block !== undefined) holder.set(id, { ...block, site });
    this.#keep();
  }

  free(domain: number, id: number): void {
    this.#drop(domain, id);
    this.#keep();
  }

  freeAll(domain: number): void {
    const heap = this.#heaps[domain]!;
    heap.now = new Map();
    if (heap.old !== null) heap.old = new Map();
    this.#keep();
  }

  gcBegin(domain: number): void {
    const heap = this.#heaps[domain]!;
    if (heap.old === null) {
      heap.old = heap.now;
      heap.now = new Map();
    }
    this.#keep();
  }

  survive(domain: number, from: number, to: number): void {
    const { now, old } = this.#heaps[domain]!;
    const block = old?.get(from);
    if (block !== undefined) {
      old!.delete(from);
      now.set(to, block);
    }
    this.#keep();
  }

  gcEnd(domain: number): void {
    this.#heaps[domain]!.old = null;
    this.#keep();
  }

  /** What happened from after `from` events until after `to`. */
  range(from: number, to: number) {
    const [a, b] = [this.states[from]!, this.states[to]!];
    let highest = a;
    for (const state of this.states.slice(from, to + 1)) {
      if (state.bytes > highest.bytes) highest = state;
    }
    return {
      grown: difference(sum(b.blocks), sum(a.blocks)),
      allocated: difference(b.allocated, a.allocated),
      alive: sum(b.blocks.filter(({ birth }) => birth > from)),
      highest: sum(highest.blocks),
      max: highest.bytes,
      min: Math.min(...this.states.slice(from, to + 1).map(({ bytes }) => bytes)),
    };
  }

  #put(domain: number, id: number, size: number, site: string): void {
    this.#heaps[domain]!.now.set(id, { site, size, birth: this.states.length });
    this.#allocate(site, size, 1);
  }

  #allocate(site: string, size: number, count: number): void {
    const [oldSize, oldCount] = this.#allocated.get(site) ?? [0, 0];
    this.#allocated = new Map(this.#allocated).set(site, [oldSize + size, oldCount + count]);
  }

  #find(domain: number, id: number) {
    const { now, old } = this.#heaps[domain]!;
    const holder = now.has(id) || old === null ? now : old;
    return { holder, block: holder.get(id) };
  }

  #drop(domain: number, id: number): void {
    this.#find(domain, id).holder.delete(id);
  }

  #keep(): void {
    const blocks = this.#heaps.flatMap(({ now, old }) => [
      ...now.values(),
      ...(old?.values() ?? []),
    ]);
    const bytes = blocks.reduce((total, { size }) => total + size, 0);
    this.states.push({ blocks, allocated: this.#allocated, bytes });
  }
}

function sum(blocks: readonly Block[]): Uses {
  const uses = new Map<string, readonly [number, number]>();
  for (const { site, size } of blocks) {
    const [oldSize, oldCount] = uses.get(site) ?? [0, 0];
    uses.set(site, [oldSize + size, oldCount + 1]);
  }
  return uses;
}

function difference(b: Uses, a: Uses): Uses {
  const uses = new Map<string, readonly [number, number]>();
  for (const site of new Set([...a.keys(), ...b.keys()])) {
    const [sizeA, countA] = a.get(site) ?? [0, 0];
    const [sizeB, countB] = b.get(site) ?? [0, 0];
    uses.set(site, [sizeB - sizeA, countB - countA]);
  }
  return uses;
}
