import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Does one sample of the work and says how long a unit of it took; set-up is not counted. */
export type Side = () => number | Promise<number>;

export type Case = {
  readonly name: string;
  /** What a sample is: `ns a pair`, `ms`. */
  readonly unit: string;
  readonly ours: Side;
  /** What it is held against, by name; a baseline that this machine lacks is `null`. */
  readonly baselines: Readonly<Record<string, Side | null>>;
  /** The ratio that design asks for, by baseline. */
  readonly reach?: Readonly<Record<string, number>>;
  /** Undoes the set-up of this case. */
  readonly close?: () => void;
};

type Ratio = { ratio: number; from: number; to: number; ours: number; theirs: number };
type Recorded = { machine?: unknown; ratios: Record<string, Record<string, Ratio>> };

const file = new URL('ratios.json', import.meta.url);
const rounds = 7;
/** A slow case gets fewer rounds, though never fewer than three. */
const enoughMs = 12_000;
/** Above it, a sample measures what else the machine does. */
const idleLoad = 1;

declare const gc: (() => void) | undefined;

/** Ours and every baseline take turns, so that what disturbs the machine falls on all of them. */
async function measure(one: Case): Promise<Map<string, Ratio>> {
  const sides = Object.entries(one.baselines).filter((entry): entry is [string, Side] => {
    return entry[1] !== null;
  });
  const samples = new Map<string, number[]>([['ours', []], ...sides.map(([name]) => pair(name))]);
  await one.ours(); // Warm: the first sample compiles.
  // Once, and not before each sample: a full collection that finds no instance of a class makes
  // V8 drop what it compiled for it, and then the sample measures the compiler.
  gc?.();
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= 3 && performance.now() - start > enoughMs) break;
    for (const [name, side] of [['ours', one.ours] as const, ...sides]) {
      samples.get(name)!.push(await side());
    }
  }
  const ours = samples.get('ours')!;
  return new Map(
    sides.map(([name]) => {
      const theirs = samples.get(name)!;
      const ratios = ours.map((value, round) => theirs[round]! / value).sort(ascending);
      const ratio: Ratio = {
        ratio: rounded(median(ratios)),
        from: rounded(ratios[0]!),
        to: rounded(ratios.at(-1)!),
        ours: rounded(median(ours)),
        theirs: rounded(median(theirs)),
      };
      return [name, ratio];
    }),
  );
}

function pair(name: string): [string, number[]] {
  return [name, []];
}

function ascending(a: number, b: number): number {
  return a - b;
}

function median(values: readonly number[]): number {
  return [...values].sort(ascending)[values.length >> 1]!;
}

/** Three digits: more of them are noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

export type BenchOptions = {
  /** Record the ratios. Refused on a loaded machine unless `note` says why they still stand. */
  readonly update: boolean;
  readonly note: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
};

/** Prints a line a case and baseline, and records them if asked to. */
export async function bench(cases: Iterable<Case>, options: BenchOptions): Promise<void> {
  const load = loadavg()[0]!;
  if (load >= idleLoad) console.log(`load average ${load.toFixed(1)}: mind the spread`);
  if (load >= idleLoad && options.update && options.note === undefined) {
    throw new Error(
      `--update needs a load average below ${idleLoad}, got ${load.toFixed(2)}; ` +
        'wait, or give --note=<why these figures are good enough>',
    );
  }
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  console.log('| case | baseline | ours | theirs | ratio | spread | recorded |');
  console.log('|---|---|---|---|---|---|---|');
  for (const one of cases) {
    const results = await measure(one);
    one.close?.();
    for (const [baseline, { ratio, from, to, ours, theirs }] of results) {
      const before = recorded.ratios[one.name]?.[baseline]?.ratio ?? 'never';
      const reach = one.reach?.[baseline];
      const missed = reach !== undefined && ratio < reach ? ` (asked: ${reach}×)` : '';
      console.log(
        `| ${one.name} | ${baseline} | ${ours} ${one.unit} | ${theirs} ${one.unit} ` +
          `| ${ratio}×${missed} | ${from}–${to} | ${before} |`,
      );
      recorded.ratios[one.name] = {
        ...recorded.ratios[one.name],
        [baseline]: results.get(baseline)!,
      };
    }
  }
  if (!options.update) return;
  const { note, versions } = options;
  recorded.machine = {
    cpu: `${cpus().length} × ${cpus()[0]!.model.trim()}`,
    ...versions,
    load: rounded(load),
    ...(note !== undefined && { note }),
  };
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
}
