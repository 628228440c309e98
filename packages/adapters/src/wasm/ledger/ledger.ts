import type { DomainRow, Tracer, TypeRow } from '@tracemalloc/core';
import {
  type BlockStore,
  type Borrower,
  borrow,
  type LentCounters,
  mostBytes,
} from '@tracemalloc/core/loan';
import { assemble } from '../assemble.ts';
import type { WasmExports } from '../web-assembly.ts';
import { LedgerBlocks } from './blocks.ts';
import { functions } from './code.ts';
import { asked, functionNames, type LedgerFunction } from './code-parts.ts';
import {
  cells,
  entries,
  entryBits,
  factors,
  fewEntries,
  foreign,
  mostSites,
  none,
  places,
  segmentBits,
  siteBytes,
  siteOffsets,
} from './places.ts';

/** What a ledger asks its adapter for. */
export type LedgerAdapter = {
  /** The row of the traceback of the stack as it is, whose number is given; −1 where nothing of it is recorded. */
  tracebackOf(): number;
  /** What is known of an object's type: its row << 5, and how many bytes of a block are before the object; −1 = nothing. */
  typeOf(object: number): number;
  /** A block that was to be watched is about to end. */
  watchedEnds(block: number): void;
  /** Whether every event is wanted in JavaScript, one by one. */
  heard(isHeard: boolean): void;
  /** Nothing can be counted here any more, until all blocks are forgotten. */
  fail(): void;
  /** Dead tracebacks are dropped at the moment, a few an event. */
  sweeping(): void;
  /** What was remembered of stacks is void. */
  forgotten(): void;
};

/** Functions of a ledger as WASM calls them. */
export type LedgerCalls = Readonly<Record<LedgerFunction, (...args: number[]) => number>>;

/** How many words of an entry are its key, and what was added to the first, so that it is not 0. */
const hashed = {
  lines: { key: 0, length: 1 },
  stacks: { key: 0, length: 2 },
  sites: { key: 1, length: 3 },
} as const;

/** Sites beyond which nothing is counted here: it is asked for rarely enough that there are never as many as have room. */
const siteLimit = mostSites >> 1;

/**
 * Counts blocks and bytes of one domain in WASM, as the core's recorder does in JavaScript, and to the same numbers: live blocks, what
 * each site has live, had at the peak, allocated, and freed at once. Whoever reads or changes the tracer otherwise gets them first.
 */
export class Ledger implements Borrower {
  readonly calls: LedgerCalls;
  /** `null` where somebody counts for the tracer already: then it keeps marks of blocks only. */
  readonly lent: LentCounters | null = null;
  /** Whether every event is wanted in JavaScript. */
  isHeard = false;
  readonly #adapter: LedgerAdapter;
  readonly #domain: DomainRow;
  readonly #memory: { readonly buffer: ArrayBuffer };
  /** What lives. */
  readonly blocks: LedgerBlocks;
  /** What JavaScript had as recent allocations. */
  readonly #recent = new Float64Array(4);
  #words: Int32Array;
  #doubles: Float64Array;
  /** The tracer has all that was counted. */
  #isStale = true;

  constructor(tracer: Tracer, domain: DomainRow, adapter: LedgerAdapter) {
    this.#adapter = adapter;
    this.#domain = domain;
    const answers: Readonly<Record<keyof typeof asked, (...args: number[]) => unknown>> = {
      reload: () => this.#reload(),
      rowOf: (stack) => this.#rowOf(stack!),
      siteOf: (stack, type) => this.#siteOf(stack!, type!),
      load: (site) => this.#load(site!),
      typeOf: (object) => adapter.typeOf(object!),
      watchedEnds: (block) => adapter.watchedEnds(block! >>> 0),
      reject: (reason) => this.lent?.reject(reason === 0 ? 'replacedBlock' : 'unknownBlock'),
      full: () => adapter.fail(),
      tooBig: () => adapter.fail(),
    };
    const exports: WasmExports = assemble({
      imports: Object.entries(asked).map(([name, signature]) => [
        answers[name as keyof typeof asked],
        signature,
      ]),
      functions,
      globals: [],
      pages: Math.ceil(places.end / 2 ** 16),
    });
    this.calls = Object.fromEntries(
      functionNames.map((name, i) => [name, exports[String(i)]]),
    ) as LedgerCalls;
    this.#memory = exports['memory'] as { readonly buffer: ArrayBuffer };
    this.#words = new Int32Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
    for (const table of ['linesMask', 'stacksMask', 'sitesMask'] as const)
      this.#set(table, fewEntries - 1);
    this.calls.reset();
    this.blocks = new LedgerBlocks(this.calls, () => this.#view());
    this.lent = borrow(tracer, domain, this);
  }

  settle(): void {
    if (this.#isStale) return;
    this.calls.flush();
    this.copy();
    for (const site of this.#dirty())
      this.#words[(this.#placeOf(site) + siteOffsets.next) >>> 2] = 0;
    this.#set('dirty', none | 0);
    this.#set('isStale', 1);
    this.#isStale = true;
  }

  copy(): void {
    const { lent } = this;
    if (this.#isStale || lent === null) return;
    this.#view();
    lent.totals[0] = this.#doubles[cells.current >>> 3]!;
    lent.totals[1] = this.#doubles[cells.peak >>> 3]!;
    lent.epoch = this.#doubles[cells.epoch >>> 3]!;
    for (const [i, name] of (['recent', 'olderRecent'] as const).entries()) {
      const block = this.#get(name) >>> 0;
      const was = foreign.indexOf(block);
      lent.recent[2 * i] = was >= 0 ? this.#recent[2 * was]! : block === 0 ? -1 : block;
      lent.recent[2 * i + 1] = was >= 0 ? this.#recent[2 * was + 1]! : this.#domain;
    }
    for (const site of this.#dirty()) lent.write(site, this.#doubles, this.#placeOf(site) >>> 3);
  }

  heard(isHeard: boolean): void {
    this.isHeard = isHeard;
    // While it is lent, who borrows is no whole yet.
    if (this.lent !== null) this.#adapter.heard(isHeard);
  }

  store(): BlockStore {
    this.calls.reset();
    this.#isStale = true;
    this.#adapter.forgotten();
    return this.blocks;
  }

  /** What stacks, lines and types stand for may have changed. */
  forget(): void {
    if (!this.#isStale) this.calls.flush();
    this.calls.forget();
    this.#adapter.forgotten();
  }

  /** The tracer changed the counters of sites, or what rows stand for. It was settled before. */
  lose(): void {
    this.forget();
    this.#set('loading', this.#get('loading') + 1);
  }

  /** Makes room for more lines and stacks. Once there is none, all are forgotten. */
  grow(): void {
    for (const table of ['lines', 'stacks'] as const) {
      if (this.#hasRoom(table)) continue;
      if (this.#get(`${table}Mask`) < entries[table] - 1) this.#double(table);
      else this.forget();
    }
  }

  /** Gives back what was lent; the tracer keeps its blocks. */
  end(): void {
    this.settle();
    this.lent?.end();
  }

  #reload(): void {
    const lent = this.lent!;
    this.#view();
    this.#doubles[cells.current >>> 3] = lent.totals[0]!;
    this.#doubles[cells.peak >>> 3] = lent.totals[1]!;
    this.#doubles[cells.epoch >>> 3] = lent.epoch;
    this.#recent.set(lent.recent);
    for (const [i, name] of (['recent', 'olderRecent'] as const).entries()) {
      const isOwn = lent.recent[2 * i + 1] === this.#domain && lent.recent[2 * i]! > 0;
      this.#set(name, isOwn ? lent.recent[2 * i]! : foreign[i]!);
    }
    this.#set('label', lent.label);
    this.#set('isStale', 0);
    this.#isStale = false;
    // What this event still counts has room.
    if (lent.totals[0]! > mostBytes || lent.siteCount > siteLimit) this.#adapter.fail();
  }

  #rowOf(stack: number): number {
    const row = this.#adapter.tracebackOf();
    const lent = this.lent!;
    if (lent.siteCount > siteLimit) this.#adapter.fail();
    if (lent.isSweeping) {
      this.#adapter.sweeping();
      return 0;
    }
    const known = row < 0 ? 1 : row + 2;
    this.#view();
    this.#words[(places.rows >>> 2) + stack] = known;
    return known;
  }

  #siteOf(stack: number, type: TypeRow): number {
    this.#view();
    const row = this.#words[(places.rows >>> 2) + stack]! - 2;
    const site = this.lent!.site(row, type);
    if (site === 0) return 0;
    this.#load(site);
    // A full one is emptied.
    const canGrow = this.#get('sitesMask') < entries.sites - 1;
    if (!this.#hasRoom('sites') && canGrow) this.#double('sites');
    this.calls.setSite(stack, type, site);
    return site;
  }

  /** Unless it is known already: another stack may have the same site. */
  #load(site: number): void {
    const place = this.calls.segmentOf(site);
    this.#view();
    const loading = this.#get('loading');
    if (this.#words[(place + siteOffsets.loading) >>> 2] === loading) return;
    this.lent!.read(site, this.#doubles, place >>> 3);
    this.#words[(place + siteOffsets.loading) >>> 2] = loading;
  }

  #hasRoom(table: keyof typeof hashed): boolean {
    return this.#get(table) <= this.#get(`${table}Mask`) >>> 1;
  }

  /** Puts all entries of a table where they are found in twice the room. */
  #double(table: keyof typeof hashed): void {
    const words = this.#view();
    const { key, length } = hashed[table];
    const start = places[table] >>> 2;
    const size = 2 ** (entryBits[table] - 2);
    const mask = this.#get(`${table}Mask`);
    const old = words.slice(start, start + (mask + 1) * size);
    words.fill(0, start, start + old.length);
    this.#set(`${table}Mask`, mask * 2 + 1);
    for (let from = 0; from < old.length; from += size) {
      if (old[from] === 0) continue;
      let hash = Math.imul(old[from]! - key, factors.first);
      for (let i = 1; i < length; i++) hash = Math.imul(hash ^ old[from + i]!, factors.next);
      let slot = (hash >>> 15) & (mask * 2 + 1);
      while (words[start + slot * size] !== 0) slot = (slot + 1) & (mask * 2 + 1);
      words.set(old.subarray(from, from + size), start + slot * size);
    }
  }

  /** The sites that changed since they were settled. */
  *#dirty(): Generator<number> {
    for (let site = this.#get('dirty'); site !== (none | 0); ) {
      const next = this.#words[(this.#placeOf(site) + siteOffsets.next) >>> 2]!;
      yield site;
      site = next;
    }
  }

  #placeOf(site: number): number {
    const segment = this.#words[(places.segments >>> 2) + (site >>> segmentBits)]!;
    return segment + (site & ((1 << segmentBits) - 1)) * siteBytes;
  }

  #get(name: keyof typeof cells): number {
    return this.#view()[cells[name] >>> 2]!;
  }

  #set(name: keyof typeof cells, value: number): void {
    this.#view()[cells[name] >>> 2] = value;
  }

  /** Views are replaced when the memory grows. */
  #view(): Int32Array {
    if (this.#words.length === 0) {
      this.#words = new Int32Array(this.#memory.buffer);
      this.#doubles = new Float64Array(this.#memory.buffer);
    }
    return this.#words;
  }
}
