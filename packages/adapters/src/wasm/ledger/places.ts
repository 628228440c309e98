/**
 * Where a ledger keeps what, in a memory of its own: cells, then tables of a fixed size, then the directory of the pages of blocks, and
 * behind that pages and segments as they are needed. Memory that nobody touches costs nothing.
 */

/** Words that JavaScript reads and writes, too. The first three are doubles. */
export const cells = {
  current: 0,
  peak: 8,
  epoch: 16,
  /** The last two allocations: block addresses, or `foreign`. */
  recent: 24,
  olderRecent: 28,
  /** The newest block, while nobody knows its type; 0 = none. */
  block: 32,
  size: 36,
  stack: 40,
  /** Label of what is allocated. */
  label: 44,
  /** Type of the object whose block is to be retagged. */
  type: 48,
  /** Not 0: JavaScript has to be asked for the sums before anything is counted. */
  isStale: 52,
  /** Live blocks. */
  count: 56,
  /** First byte that nobody has. */
  free: 60,
  /** Behind the last page of the directory that was ever used. */
  pageEnd: 64,
  /** The first site whose counters changed; `none`. */
  dirty: 68,
  /** Sites that were read in another loading are not known. */
  loading: 72,
  /** How many entries tables have in use. */
  lines: 76,
  stacks: 80,
  sites: 84,
  /** How many they have room for, less 1: they double as they fill. */
  linesMask: 88,
  stacksMask: 92,
  sitesMask: 96,
  /** Size of the block that was found last. */
  found: 100,
} as const;

/** Takes what nobody can keep, where there is no memory for counters. */
export const nowhere = 128;

/** No site, and the end of a list of them. */
export const none = 0xffffffff;
/** In `recent`: what JavaScript had there, which is no block of this ledger. */
export const foreign: readonly [number, number] = [1, 3];

/** Entries of tables at most: powers of 2. */
export const entries = {
  /** (program counter, line). */
  lines: 32768,
  /** (type, what is known of it); one that is lost is asked for again. */
  types: 1024,
  /** (parent + 1, line, stack). */
  stacks: 65536,
  /** (stack + 1, type, label, site). */
  sites: 65536,
} as const;
/** And at first. */
export const fewEntries = 512;
/** What the hash of an entry is multiplied with: first, and for each of its other words. */
export const factors = { first: 0x9e3779b1, next: 0x85ebca6b } as const;

export const entryBits = { lines: 3, types: 3, stacks: 4, sites: 4 } as const;

/** log2 of the bytes that a page of blocks stands for, and of the sites of a segment. */
export const pageBits = 11;
export const segmentBits = 8;
/** More sites than that are not counted here. */
export const mostSites = 4194304;
/** An entry of a page: size, then site and marks. */
export const mark = {
  /** Its end is to be told to JavaScript, and it is no block of the ledger, or not yet. */
  told: 0x40000000,
  /** JavaScript looks at its end in any case. */
  watched: -0x80000000,
  site: 0x3fffffff,
} as const;

/** Bytes of a site: its counters, the loading that it was read in, and the next site that changed. */
export const siteBytes = 80;
export const siteOffsets = { loading: 72, next: 76 } as const;

type Places = Readonly<
  Record<'lines' | 'types' | 'stacks' | 'rows' | 'sites' | 'segments' | 'directory' | 'end', number>
>;

const bytesOf = (name: keyof typeof entries): number => entries[name] << entryBits[name];
const first = 256;
const types = first + bytesOf('lines');
const stacks = types + bytesOf('types');
const rows = stacks + bytesOf('stacks');
const sites = rows + 4 * entries.stacks;
const segments = sites + bytesOf('sites');
const directory = segments + 4 * (mostSites >> segmentBits);

/** Where the tables begin. */
export const places: Places = {
  lines: first,
  types,
  stacks,
  /** By stack: 0 = not asked for, 1 = what it allocates is not recorded, or the row of its traceback + 2. */
  rows,
  sites,
  /** By a site's number >> `segmentBits`. */
  segments,
  /** By a block's address >> `pageBits`. */
  directory,
  end: directory + 4 * 2 ** (32 - pageBits),
};

export const pageBytes: number = 2 ** pageBits;
export const segmentBytes: number = siteBytes << segmentBits;
