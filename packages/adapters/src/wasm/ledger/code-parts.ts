import { counters } from '@tracemalloc/core/loan';
import type { Body } from '../assemble.ts';
import {
  add,
  addDouble,
  and,
  type Code,
  clear,
  get,
  less,
  load,
  loadDouble,
  mul,
  num,
  shl,
  shr,
  store,
  storeDouble,
  sub,
  subDouble,
  xor,
} from '../expressions.ts';
import { cells, entries, entryBits, factors, places } from './places.ts';

/** What a ledger asks JavaScript, with signatures. */
export const asked = {
  /** The sums, once they were settled. */
  reload: ':',
  /** What a stack stands for, as in `places.rows`; 0: nothing may be counted here any more. */
  rowOf: 'i:i',
  /** A site by stack and type; 0 = none. It is loaded then. */
  siteOf: 'ii:i',
  /** Loads the counters of a site. */
  load: 'i:',
  /** What is known of an object's type; −1 = nothing. */
  typeOf: 'i:i',
  /** A block that JavaScript watches is about to end. */
  watchedEnds: 'i:',
  /** An event that could not be used: a replaced block (0), an unknown one (1). */
  reject: 'i:',
  /** There is no more memory. */
  full: ':',
  /** A block of this size is none for a ledger. */
  tooBig: 'i:',
} as const;

/** The functions of a ledger, with signatures. Others use those before the empty line. */
export const signatures = {
  lineOf: 'i:i',
  setLine: 'ii:i',
  child: 'ii:i',
  allocated: 'iii:i',
  flush: ':',
  freed: 'i:',
  moving: 'ii:',
  moved: 'iiii:i',
  movedAway: 'i:',
  created: 'ii:i',
  retag: 'ii:i',
  tell: 'i:',
  untell: 'i:',
  watch: 'i:i',
  isKnown: 'i:i',
  setType: 'ii:',
  setSite: 'iii:',
  segmentOf: 'i:i',
  put: 'iii:i',
  take: 'i:i',
  find: 'i:i',
  forget: ':',
  reset: ':',

  entryOf: 'i:i',
  roomFor: 'i:i',
  record: 'iiii:',
  site: 'ii:i',
  counters: 'i:i',
  release: 'i:i',
  countFree: 'iii:',
  countLive: 'ii:i',
  begin: ':',
  room: 'i:i',
} as const;

export type LedgerFunction = keyof typeof signatures;

const askedNames = Object.keys(asked);
const names = Object.keys(signatures) as LedgerFunction[];
export const functionNames: readonly LedgerFunction[] = names;

export const call = (name: LedgerFunction | keyof typeof asked, ...parameters: Code[]): Code => {
  const own = names.indexOf(name as LedgerFunction);
  const index = own < 0 ? askedNames.indexOf(name) : askedNames.length + own;
  return [...parameters.flat(), 0x10, index];
};

export const cell = (name: keyof typeof cells): Code => load(num(cells[name]));
export const setCell = (name: keyof typeof cells, value: Code): Code =>
  store(num(cells[name]), value);
export const sum = (name: 'current' | 'peak' | 'epoch'): Code => loadDouble(num(cells[name]));
export const setSum = (name: 'current' | 'peak' | 'epoch', value: Code): Code =>
  storeDouble(num(cells[name]), value);
export const increment = (name: keyof typeof cells): Code => setCell(name, add(cell(name), num(1)));

type Table = 'lines' | 'stacks' | 'sites';
const maskOf = (table: Table): Code => cell(`${table}Mask`);
/** The entry of a table at a hash: its address. */
export const entryAt = (table: Table, hash: Code): Code =>
  add(shl(and(hash, maskOf(table)), entryBits[table]), num(places[table]));
export const nextEntry = (table: Table, at: number): Code =>
  add(
    and(
      add(sub(get(at), num(places[table])), num(1 << entryBits[table])),
      shl(maskOf(table), entryBits[table]),
    ),
    num(places[table]),
  );
export const typeEntry = (type: Code): Code =>
  add(shl(and(shr(type, 3), num(entries.types - 1)), entryBits.types), num(places.types));
export const clearTable = (table: Table): Code => [
  ...clear(num(places[table]), shl(add(maskOf(table), num(1)), entryBits[table])),
  ...setCell(table, num(0)),
];
export const scattered = (value: Code, ...others: Code[]): Code => {
  let hash = mul(value, num(factors.first));
  for (const other of others) hash = mul(xor(hash, other), num(factors.next));
  return shr(hash, 15);
};
/** Room in a hash table is never all used. */
export const isHalfFull = (table: Table): Code => less(shr(maskOf(table), 1), cell(table));

/** An entry's word of site and marks. */
export const marks = (entry: Code): Code => load(entry, 4);
// Where a site's counters are.
export const liveSize: number = 8 * counters.liveSize;
export const liveCount: number = 8 * counters.liveCount;
export const totalSize: number = 8 * counters.totalSize;
export const totalCount: number = 8 * counters.totalCount;
export const peakSize: number = 8 * counters.peakSize;
export const peakCount: number = 8 * counters.peakCount;
export const peakEpoch: number = 8 * counters.peakEpoch;
export const temporarySize: number = 8 * counters.temporarySize;
export const temporaryCount: number = 8 * counters.temporaryCount;

export const addTo = (at: number, offset: number, value: Code): Code =>
  storeDouble(get(at), addDouble(loadDouble(get(at), offset), value), offset);
export const subtractFrom = (at: number, offset: number, value: Code): Code =>
  storeDouble(get(at), subDouble(loadDouble(get(at), offset), value), offset);

/** The code of a function. */
export type FunctionCode = Omit<Body, 'signature'>;
