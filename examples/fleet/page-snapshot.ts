// What a page sends: a snapshot that fits into a beacon, with as many names as its users agreed to.
import { Snapshot, type SnapshotData } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { SnapshotMerger } from '@tracemalloc/core/merge';

/** What is sent of names: all, hashes of them (the same ones on every page), or none. */
type Privacy = 'names' | 'hashed' | 'dropped';

export type PageOptions = {
  readonly privacy?: Privacy;
  /** Makes hashes of other deployments differ from ours. Not secret: a name that is guessed is found. */
  readonly salt?: string;
  /** Bytes of the body. Browsers take 64 KiB of all beacons together. */
  readonly maxBytes?: number;
};

/** More blocks than this are added up: their sums stay exact. */
const maxTraces = 4096;

/**
 * The gzipped body. Where it would be too long, the smallest sites become one, `<other sites>`, so
 * that sums stay what they were; half of the sites at a time.
 */
export function snapshotBody(snapshot: Snapshot, options: PageOptions = {}): Uint8Array {
  const { privacy = 'names', salt = '', maxBytes = 60 * 1024 } = options;
  const named = withoutNames(snapshot.data, privacy, salt);
  for (let kept = named.sites.length; ; kept = Math.floor(kept / 2)) {
    const merger = new SnapshotMerger({ maxTraces });
    merger.add(Snapshot.fromData(withOthers(named, kept)));
    const body = dump(merger.finish(), { gzip: true });
    if (body.length <= maxBytes || kept === 0) return body;
  }
}

/** Only what says how figures are to be read; a page may know more than it should tell. */
const toldFields = ['host', 'adapter', 'sizeModel', 'liveness', 'sampling', 'tracedMemory'];
const ownFields = ['release', 'session', 'time'];

function withoutNames(data: SnapshotData, privacy: Privacy, salt: string): SnapshotData {
  const metadata = Object.fromEntries(
    Object.entries(data.metadata).filter(([name]) => [...toldFields, ...ownFields].includes(name)),
  );
  if (privacy === 'names') return { ...data, metadata, timeline: null };
  // Types say what is kept, and are left when names are dropped.
  const types = new Set(data.sites.type);
  const strings = data.strings.map((text, row) => {
    if (row === 0 || (privacy === 'dropped' && types.has(row))) return text;
    return privacy === 'dropped' ? `<${row}>` : hashOf(text, salt);
  });
  if (privacy === 'hashed') return { ...data, metadata, timeline: null, strings };
  const frames = {
    length: 1,
    file: Int32Array.of(strings.push('<dropped>') - 1),
    line: Int32Array.of(0),
    functionName: Int32Array.of(0),
  };
  const tracebacks = { ...data.tracebacks, frame: data.tracebacks.frame.map(() => 0) };
  const sites = { ...data.sites, label: data.sites.label.map(() => 0) };
  return { ...data, metadata, timeline: null, strings, frames, tracebacks, sites };
}

/** 52 bits of two multiplicative hashes: short, and the same on every page. */
function hashOf(text: string, salt: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const character of `${salt}\0${text}`) {
    const code = character.codePointAt(0)!;
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return `#${(b >>> 0).toString(16).padStart(8, '0')}${(a >>> 12).toString(16).padStart(5, '0')}`;
}

/** All but the biggest sites are of one traceback, so that they are one site once they are merged. */
function withOthers(data: SnapshotData, kept: number): SnapshotData {
  const { sites, tracebacks, frames, strings } = data;
  if (kept >= sites.length) return data;
  const order = Array.from(sites.liveSize.keys()).sort(
    (a, b) => sites.liveSize[b]! - sites.liveSize[a]!,
  );
  const dropped = new Set(order.slice(kept));
  const known = strings.indexOf('<other sites>');
  const name = known < 0 ? strings.length : known;
  const other = (column: Int32Array, row: number) =>
    column.map((own, site) => (dropped.has(site) ? row : own));
  return {
    ...data,
    strings: known < 0 ? [...strings, '<other sites>'] : strings,
    frames: {
      length: frames.length + 1,
      file: appended(frames.file, name),
      line: appended(frames.line, 0),
      functionName: appended(frames.functionName, 0),
    },
    tracebacks: {
      length: tracebacks.length + 1,
      offset: appended(tracebacks.offset, tracebacks.frame.length + 1),
      frame: appended(tracebacks.frame, frames.length),
      totalNframe: appended(tracebacks.totalNframe, 1),
    },
    sites: {
      ...sites,
      traceback: other(sites.traceback, tracebacks.length),
      type: other(sites.type, 0),
      label: other(sites.label, 0),
      domain: sites.domain.map((own, site) => (dropped.has(site) ? 0 : own)),
    },
  };
}

function appended(column: Int32Array, value: number): Int32Array {
  const longer = new Int32Array(column.length + 1);
  longer.set(column);
  longer[column.length] = value;
  return longer;
}
