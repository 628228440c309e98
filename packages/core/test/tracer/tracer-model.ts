/** A traceback as plain data: its text is its identity. */
export type ModelTraceback = {
  /** MOST RECENT FIRST, at most the limit. */
  readonly frames: readonly number[];
  readonly total: number;
};

export type ModelDomain = { readonly row: number; readonly code: number };

type Block = { size: number; readonly site: string };
type Live = { store: Map<number, Block>; collecting: Map<number, Block> | null };
type Sum = { size: number; count: number };

/** Counters of a site, named as in a snapshot's columns. */
export type ModelSite = Record<
  | 'liveSize'
  | 'liveCount'
  | 'peakSize'
  | 'peakCount'
  | 'totalSize'
  | 'totalCount'
  | 'temporarySize'
  | 'temporaryCount',
  number
>;

export function siteKey(
  traceback: ModelTraceback,
  code: number,
  type: string,
  label: string,
): string {
  return JSON.stringify([traceback.frames, traceback.total, code, type, label]);
}

/**
 * What a tracer must answer, worked out the slow way: blocks in a Map, every sum computed over all
 * of them, and a full copy of the live blocks at every new maximum.
 */
export class TracerModel {
  on = false;
  /** Of what is allocated now. */
  label = '';
  limit = 1;
  peak = 0;
  rejected = noneRejected();
  readonly #domains: readonly ModelDomain[];
  #live: Live[] = [];
  /** What the last walk found, by domain row. */
  #walked = new Map<number, Block[]>();
  #peakSums = new Map<string, Sum>();
  readonly #total = new Map<string, Sum>();
  readonly #temporary = new Map<string, Sum>();
  /** The last two allocations, newest first; null = freed already. */
  #recent: (string | null)[] = [];

  constructor(domains: readonly ModelDomain[]) {
    this.#domains = domains;
    this.clear();
  }

  get current(): number {
    return this.#blocks().reduce((sum, block) => sum + block.size, 0);
  }

  start(limit: number): void {
    if (this.on) return;
    this.on = true;
    this.limit = limit;
  }

  stop(): void {
    this.clear();
    this.on = false;
  }

  clear(): void {
    this.peak = 0;
    this.rejected = noneRejected();
    this.#live = this.#domains.map(() => ({ store: new Map(), collecting: null }));
    this.#walked.clear();
    this.#peakSums.clear();
    this.#total.clear();
    this.#temporary.clear();
    this.#recent = [];
  }

  resetPeak(): void {
    if (this.on) this.#newPeak();
  }

  alloc(domain: number, id: number, size: number, traceback: ModelTraceback, type: string): void {
    if (!this.on) return;
    const site = siteKey(traceback, this.#domains[domain]!.code, type, this.label);
    const { store } = this.#live[domain]!;
    if (store.has(id)) this.rejected.replacedBlock++;
    const bytes = this.#cut(size, store.get(id)?.size ?? 0);
    store.set(id, { size: bytes, site });
    add(this.#total, site, bytes);
    this.#recent = [`${domain}/${id}`, this.#recent[0] ?? null];
    this.#checkPeak();
  }

  realloc(
    domain: number,
    from: number,
    to: number,
    size: number,
    traceback: ModelTraceback,
    type: string,
  ): void {
    if (!this.on) return;
    this.#release(domain, from);
    this.alloc(domain, to, size, traceback, type);
  }

  resize(domain: number, id: number, size: number): void {
    if (!this.on) return;
    const block = this.#find(domain, id)?.get(id);
    if (block === undefined) {
      this.rejected.unknownBlock++;
      return;
    }
    const bytes = this.#cut(size, block.size);
    if (bytes > block.size) add(this.#total, block.site, bytes - block.size, 0);
    block.size = bytes;
    this.#checkPeak();
  }

  retag(domain: number, id: number, traceback: ModelTraceback, type: string): void {
    if (!this.on) return;
    const holder = this.#find(domain, id);
    if (holder === undefined) {
      this.rejected.unknownBlock++;
      return;
    }
    const site = siteKey(traceback, this.#domains[domain]!.code, type, this.label);
    holder.set(id, { size: holder.get(id)!.size, site });
  }

  free(domain: number, id: number): void {
    if (!this.on) return;
    if (!this.#release(domain, id)) this.rejected.unknownBlock++;
  }

  countAllocated(domain: number, size: number, traceback: ModelTraceback, type: string): void {
    if (this.on)
      add(this.#total, siteKey(traceback, this.#domains[domain]!.code, type, this.label), size);
  }

  freeAll(domain: number): void {
    if (!this.on) return;
    const live = this.#live[domain]!;
    live.store.clear();
    live.collecting?.clear();
    this.#forgetRecent(domain);
  }

  gcBegin(domain: number): void {
    if (!this.on) return;
    const live = this.#live[domain]!;
    if (live.collecting !== null) {
      this.rejected.strayCollection++;
      return;
    }
    live.collecting = live.store;
    live.store = new Map();
    this.#forgetRecent(domain);
  }

  survive(domain: number, from: number, to: number): void {
    if (!this.on) return;
    const { collecting, store } = this.#live[domain]!;
    if (collecting === null) {
      this.rejected.strayCollection++;
      return;
    }
    const block = collecting.get(from);
    if (block === undefined) {
      this.rejected.unknownBlock++;
      return;
    }
    collecting.delete(from);
    if (store.has(to)) this.rejected.replacedBlock++;
    store.set(to, block);
  }

  gcEnd(domain: number): void {
    if (!this.on) return;
    if (this.#live[domain]!.collecting === null) this.rejected.strayCollection++;
    this.#live[domain]!.collecting = null;
  }

  /** What the walk of a domain without frees finds now. */
  walk(
    domain: number,
    objects: readonly {
      size: number;
      traceback: ModelTraceback;
      type: string;
      label: string;
    }[],
  ): void {
    if (!this.on) return;
    const { code } = this.#domains[domain]!;
    const walked: Block[] = [];
    this.#walked.set(domain, walked);
    for (const { size, traceback, type, label } of objects) {
      walked.push({ size: this.#cut(size, 0), site: siteKey(traceback, code, type, label) });
    }
    this.#checkPeak();
  }

  /** (size, site) of every live block, as sorted text. */
  traces(): string[] {
    return this.#blocks()
      .map(({ size, site }) => `${size} ${site}`)
      .sort();
  }

  siteOf(domain: number, id: number): string | undefined {
    return this.#find(domain, id)?.get(id)?.site;
  }

  sites(): Map<string, ModelSite> {
    const live = this.#sums();
    const all = [live, this.#peakSums, this.#total, this.#temporary];
    const keys = new Set(all.flatMap((sums) => [...sums.keys()]));
    const entries = [...keys].sort().map((key) => {
      const of = (sums: Map<string, Sum>) => sums.get(key) ?? { size: 0, count: 0 };
      const site: ModelSite = {
        liveSize: of(live).size,
        liveCount: of(live).count,
        peakSize: of(this.#peakSums).size,
        peakCount: of(this.#peakSums).count,
        totalSize: Math.min(of(this.#total).size, Number.MAX_SAFE_INTEGER),
        totalCount: of(this.#total).count,
        temporarySize: Math.min(of(this.#temporary).size, Number.MAX_SAFE_INTEGER),
        temporaryCount: of(this.#temporary).count,
      };
      return [key, site] as const;
    });
    return new Map(entries);
  }

  /** What of a size there is room for, beside `before` bytes of the same block. */
  #cut(size: number, before: number): number {
    const room = Number.MAX_SAFE_INTEGER - this.current + before;
    if (size > room) this.rejected.cutSize++;
    return Math.min(size, room);
  }

  #blocks(): Block[] {
    const stores = this.#live.flatMap(({ store, collecting }) => [store, collecting ?? new Map()]);
    return [
      ...stores.flatMap((store) => [...store.values()]),
      ...[...this.#walked.values()].flat(),
    ];
  }

  #sums(): Map<string, Sum> {
    const sums = new Map<string, Sum>();
    for (const { size, site } of this.#blocks()) add(sums, site, size);
    return sums;
  }

  #find(domain: number, id: number): Map<number, Block> | undefined {
    const { store, collecting } = this.#live[domain]!;
    if (store.has(id)) return store;
    return collecting?.has(id) === true ? collecting : undefined;
  }

  #release(domain: number, id: number): boolean {
    const holder = this.#find(domain, id);
    if (holder === undefined) return false;
    const { size, site } = holder.get(id)!;
    holder.delete(id);
    const age = this.#recent.indexOf(`${domain}/${id}`);
    if (age >= 0) {
      add(this.#temporary, site, size);
      this.#recent[age] = null;
    }
    return true;
  }

  #forgetRecent(domain: number): void {
    this.#recent = this.#recent.map((one) => (one?.startsWith(`${domain}/`) ? null : one));
  }

  #checkPeak(): void {
    if (this.current > this.peak) this.#newPeak();
  }

  #newPeak(): void {
    this.peak = this.current;
    this.#peakSums = this.#sums();
  }
}

function add(sums: Map<string, Sum>, site: string, size: number, count = 1): void {
  const sum = sums.get(site) ?? { size: 0, count: 0 };
  sums.set(site, { size: sum.size + size, count: sum.count + count });
}

function noneRejected() {
  return { unknownBlock: 0, replacedBlock: 0, strayCollection: 0, cutSize: 0 };
}
