import type { Snapshot } from '@tracemalloc/core';
import { ownBytes } from '@tracemalloc/core/codec';
import { Profile, type Sample } from 'pprof-format';
import { type ProfileFrame, type ProfileRow, snapshotOfRows } from '../shared/profile-rows.ts';
import { badFile } from '../shared/read-json.ts';
import { isGzip, unpack } from '../shared/unpack.ts';

const bad = (what: string, code?: Parameters<typeof badFile>[2]) => badFile('pprof', what, code);

/** Names of sample types, of Go, Node and others, by what they count here. */
const figures = {
  live_bytes: ['inuse_space', 'space'],
  live_blocks: ['inuse_objects', 'objects'],
  allocated_bytes: ['alloc_space'],
  allocated_blocks: ['alloc_objects'],
} as const;

type Figure = keyof typeof figures;

/**
 * The snapshot of a pprof heap profile, gzipped or not, as Go, Node and `dumpPprof` write them: what
 * is live and what was ever allocated. A profile of bytes alone counts as live, each sample a block.
 * The bytes are not trusted.
 *
 * @throws TracemallocError `corrupt`, `unsupported` (a profile of time) or `too-large`.
 */
export function loadPprof(bytes: Uint8Array): Snapshot {
  const own = ownBytes('loadPprof', bytes);
  const unpacked = isGzip(own) ? unpack('pprof', own) : own;
  let profile: Profile;
  try {
    profile = Profile.decode(unpacked);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  const reader = new ProfileReader(profile);
  const { hasAllocated } = reader;
  return snapshotOfRows(reader.rows(), { format: 'pprof', host: reader.host, hasAllocated, bad });
}

/** Tables by id, and columns by what they count: each looked up once, and checked. */
class ProfileReader {
  readonly hasAllocated: boolean;
  readonly host: string;
  readonly #profile: Profile;
  readonly #columns: ReadonlyMap<Figure, number>;
  readonly #frames: ReadonlyMap<number, readonly ProfileFrame[]>;

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#columns = this.#columnsOf();
    this.#frames = this.#framesOf();
    this.hasAllocated = this.#columns.has('allocated_bytes');
    const [mapping] = profile.mapping;
    this.host = (mapping && this.#text(mapping.filename)) || 'pprof';
  }

  *rows(): Generator<ProfileRow> {
    for (const sample of this.#profile.sample) {
      const stack = sample.locationId.flatMap((id) => {
        const frames = this.#frames.get(Number(id));
        if (frames === undefined) throw bad(`there is no location ${id}`);
        return frames;
      });
      const live = this.#figure(sample, 'live_bytes');
      const blocks = this.#columns.has('live_blocks')
        ? this.#figure(sample, 'live_blocks')
        : Math.min(1, live);
      const allocated = {
        allocated_bytes: this.#figure(sample, 'allocated_bytes'),
        allocated_blocks: this.#figure(sample, 'allocated_blocks'),
      };
      yield { stack, live_bytes: live, live_blocks: blocks, ...allocated, ...this.#labels(sample) };
    }
  }

  #columnsOf(): Map<Figure, number> {
    const types = this.#profile.sampleType.map(({ type, unit }) => ({
      type: this.#text(type),
      unit: this.#text(unit),
    }));
    const found = new Map<Figure, number>();
    for (const [figure, names] of Object.entries(figures)) {
      const column = types.findIndex(({ type }) => (names as readonly string[]).includes(type));
      if (column >= 0) found.set(figure as Figure, column);
    }
    const inBytes = types.findIndex(({ unit }) => unit === 'bytes');
    if (!found.has('live_bytes') && inBytes >= 0) found.set('live_bytes', inBytes);
    if (found.has('live_bytes')) return found;
    const counted = types.map(({ type, unit }) => `${type} in ${unit}`).join(', ');
    throw bad(`it counts ${counted || 'nothing'}, and not memory`, 'unsupported');
  }

  #framesOf(): Map<number, readonly ProfileFrame[]> {
    const functions = new Map(this.#profile.function.map((row) => [Number(row.id), row]));
    return new Map(
      this.#profile.location.map(({ id, line, address }) => [
        Number(id),
        // Functions that were put into others come first, as the most recent.
        line.length === 0
          ? [{ file: '', line: 0, function: `0x${address.toString(16)}` }]
          : line.map(({ functionId, line: lineno }) => {
              const row = functions.get(Number(functionId));
              if (row === undefined) throw bad(`there is no function ${functionId}`);
              const file = this.#text(row.filename);
              const number = Number(lineno);
              const isLine = Number.isInteger(number) && number > 0 && number < 2 ** 31;
              const name = this.#text(row.name);
              const isPlace = name.startsWith(`${file}:`) && /^:\d+$/.test(name.slice(file.length));
              return { file, line: isLine ? number : 0, function: isPlace ? '' : name };
            }),
      ]),
    );
  }

  #figure({ value }: Sample, figure: Figure): number {
    const column = this.#columns.get(figure);
    if (column === undefined) return 0;
    const found = Number(value[column] ?? Number.NaN);
    if (found >= 0 && found <= Number.MAX_VALUE) return found;
    throw bad(`${figure} can't be ${String(value[column])}`);
  }

  /** Those that `dumpPprof` writes. */
  #labels({ label }: Sample): { type?: string; label?: string; domain?: number } {
    const found = new Map(label.map(({ key, str }) => [this.#text(key), this.#text(str)]));
    const domain = found.get('domain') ?? '';
    return {
      type: found.get('type') ?? '',
      label: found.get('label') ?? '',
      ...(/^\d{1,9}$/.test(domain) && { domain: Number(domain) }),
    };
  }

  #text(row: number | bigint): string {
    const text = this.#profile.stringTable.strings[Number(row)];
    if (text === undefined) throw bad(`there is no string ${row}`);
    return text;
  }
}
