import type { Snapshot } from '@tracemalloc/core';
import { ownBytes } from '@tracemalloc/core/codec';
import { type ProfileFrame, type ProfileRow, snapshotOfRows } from '../shared/profile-rows.ts';
import { arrayOf, badFile, type JsonObject, objectOf, readJson } from '../shared/read-json.ts';

const bad = (what: string, code?: Parameters<typeof badFile>[2]) =>
  badFile('speedscope', what, code);

/** Whether JSON is speedscope's, by its fields. */
export function isSpeedscope(file: { readonly [name: string]: unknown }): boolean {
  return 'profiles' in file && 'shared' in file;
}

/**
 * The snapshot of a speedscope file: of all profiles that `dumpSpeedscope` writes, else of the active
 * one, which must count bytes or nothing in particular. Where there is no profile of blocks, each
 * sample is one. Peak and temporary memory are not read. The bytes are not trusted.
 *
 * @throws TracemallocError `corrupt`, `unsupported` (a profile of time) or `too-large`.
 */
export function loadSpeedscope(bytes: Uint8Array): Snapshot {
  const file = readJson('speedscope', ownBytes('loadSpeedscope', bytes));
  const frames = arrayOf(objectOf(file['shared'], bad, 'shared')['frames'], bad, 'frames');
  const known = frames.map(frameOf);
  const profiles = arrayOf(file['profiles'], bad, 'profiles').map((profile) =>
    objectOf(profile, bad, 'a profile'),
  );
  const named = (name: string) => profiles.find((profile) => profile['name'] === name);
  const active = Number.isInteger(file['activeProfileIndex']) ? file['activeProfileIndex'] : 0;
  const isOwn = file['exporter'] === 'tracemalloc' && named('live bytes') !== undefined;
  const bytesOf = isOwn ? named('live bytes') : profiles[active as number];
  if (bytesOf === undefined) throw bad('it has no profile');
  const stacks = new Stacks();
  stacks.add('live_bytes', bytesOf);
  if (isOwn) {
    stacks.add('live_blocks', named('live blocks'));
    stacks.add('allocated_bytes', named('allocated bytes'));
    stacks.add('allocated_blocks', named('allocated blocks'));
  } else stacks.countSamples();
  const host = typeof file['exporter'] === 'string' ? file['exporter'] : 'speedscope';
  const hasAllocated = isOwn && named('allocated bytes') !== undefined;
  return snapshotOfRows(stacks.rows(known), { format: 'speedscope', host, hasAllocated, bad });
}

function frameOf(value: unknown): ProfileFrame {
  const { name = '', file = '', line = 0 } = objectOf(value, bad, 'a frame');
  if (typeof name !== 'string' || typeof file !== 'string') throw bad('a frame has no name');
  const lineno = Number.isInteger(line) && (line as number) > 0 ? (line as number) : 0;
  // Where no function is known, its place stands for it.
  const isPlace = name === `${file}:${lineno}`;
  return { file, line: lineno, function: isPlace ? '' : name };
}

type Figure = Exclude<keyof ProfileRow, 'stack' | 'domain' | 'type' | 'label'>;

/** Weights by stack, over the profiles of a file. */
class Stacks {
  readonly #stacks: (readonly number[])[] = [];
  readonly #figures: Partial<Record<Figure, number>>[] = [];
  readonly #rows = new Map<string, number>();
  #samples: number[] = [];

  add(figure: Figure, profile: JsonObject | undefined): void {
    if (profile === undefined) return;
    const unit = profile['unit'] ?? 'none';
    if (unit !== 'bytes' && unit !== 'none') {
      throw bad(`it counts ${String(unit)}, and not memory`, 'unsupported');
    }
    if (profile['type'] === 'evented') this.#addEvents(figure, profile);
    else this.#addSamples(figure, profile);
  }

  /** Where nothing else is known, each sample is a block. */
  countSamples(): void {
    for (const [row, figures] of this.#figures.entries()) {
      figures.live_blocks = (figures.live_bytes ?? 0) > 0 ? this.#samples[row]! : 0;
    }
  }

  *rows(frames: readonly ProfileFrame[]): Generator<ProfileRow> {
    for (const [row, stack] of this.#stacks.entries()) {
      const rows = stack.map((frame) => {
        const known = frames[frame];
        if (known === undefined) throw bad(`there is no frame ${frame}`);
        return known;
      });
      const figures = { live_bytes: 0, live_blocks: 0, allocated_bytes: 0, allocated_blocks: 0 };
      yield { stack: rows.reverse(), ...figures, ...this.#figures[row] };
    }
  }

  #addSamples(figure: Figure, profile: JsonObject): void {
    const samples = arrayOf(profile['samples'], bad, 'samples');
    const weights = arrayOf(profile['weights'], bad, 'weights');
    if (samples.length !== weights.length) {
      throw bad(`it has ${samples.length} samples and ${weights.length} weights`);
    }
    for (const [index, sample] of samples.entries()) {
      this.#addTo(figure, arrayOf(sample, bad, 'a sample') as readonly number[], weights[index]);
    }
  }

  /** What passes between two events belongs to what is open. */
  #addEvents(figure: Figure, profile: JsonObject): void {
    const open: number[] = [];
    let last = Number(profile['startValue'] ?? 0);
    for (const value of arrayOf(profile['events'], bad, 'events')) {
      const { type, frame, at } = objectOf(value, bad, 'an event');
      if (typeof at !== 'number' || !(at >= last)) throw bad('its events are not in order');
      if (at > last && open.length > 0) this.#addTo(figure, [...open], at - last);
      last = at;
      if (type === 'O') open.push(frame as number);
      else if (type !== 'C' || open.pop() !== frame) throw bad('an event closes what is not open');
    }
  }

  #addTo(figure: Figure, stack: readonly number[], weight: unknown): void {
    if (typeof weight !== 'number' || !(weight >= 0) || weight === Number.POSITIVE_INFINITY) {
      throw bad(`a weight can't be ${String(weight)}`);
    }
    const key = stack.join(' ');
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#stacks.push(stack) - 1;
      this.#rows.set(key, row);
      this.#figures.push({});
      this.#samples.push(0);
    }
    const figures = this.#figures[row]!;
    figures[figure] = (figures[figure] ?? 0) + weight;
    if (figure === 'live_bytes') this.#samples[row]!++;
  }
}
