import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Filter } from '@tracemalloc/core';
import { beforeAll, expect, test } from 'vitest';
import { createGuest, type Guest } from './guest.ts';

const folder = fileURLToPath(new URL('../python/figures/', import.meta.url));

/** By program: what CPython 3.13 printed, and what its lines held at the end; see figures/record.py. */
const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Readonly<
  Record<string, { readonly stdout: string; readonly lines: Readonly<Record<string, number>> }>
>;

/** The examples of CPython's documentation, where ints that several objects hold are in each. */
const examples: ReadonlySet<string> = new Set([
  'block_traceback.py',
  'differences.py',
  'pretty_top.py',
  'reset_peak.py',
  'top_10.py',
]);

/** Bytes that CPython takes from its free lists, or keeps there, wherever they were allocated. */
const slack = 3000;

/** Below it a line is not compared. */
const smallest = 5000;

let guest: Guest;
beforeAll(async () => {
  guest = await createGuest();
});

test.each(Object.keys(expected))('%s has the figures that it has in CPython', async (name) => {
  const { stdout, lines } = expected[name]!;
  const share = examples.has(name) ? 0.25 : 0.1;
  const file = folder + name;
  guest.tracer.stop();
  guest.tracer.start(25);
  const printed = guest.run(readFileSync(file, 'utf8'), file).replaceAll(folder, '');
  // V8 holds what the program's last call was given until another comes.
  await Promise.resolve();
  guest.adapter.settle();
  const snapshot = guest.tracer.takeSnapshot().filterTraces([new Filter(true, file)]);
  const found = new Map(
    snapshot.statistics('lineno').map(({ traceback, size }) => [traceback.at(-1)!.lineno, size]),
  );
  expect(textOf(printed)).toBe(textOf(stdout));
  const near = (is: number, be: number): boolean => Math.abs(is - be) <= share * be;
  const wrongFigures = figuresOf(printed).flatMap((is, i) => {
    const be = figuresOf(stdout)[i]!;
    return near(is, be) || Math.abs(is - be) <= slack ? [] : [`${is}, not ${be}`];
  });
  const wrongLines = Object.entries(lines).flatMap(([line, be]) => {
    const is = found.get(Number(line)) ?? 0;
    return near(is, be) || Math.abs(is - be) < 1000 ? [] : [`line ${line}: ${is}, not ${be}`];
  });
  const more = [...found].filter(
    ([line, size]) => size > smallest * (1 + share) && !(line in lines),
  );
  expect({ wrongFigures, wrongLines, more }).toEqual({
    wrongFigures: [],
    wrongLines: [],
    more: [],
  });
});

const figure = /(?<![\w.#:])([-+]?\d+(?:\.\d+)?)( [KM]iB| B)?(?![\w.:])/g;

/** What is printed but figures and how many blocks there are: ints are none in Brython. */
function textOf(printed: string): string {
  return withoutCounts(printed).replaceAll(figure, (_, _number, unit) => (unit ? '… B' : '…'));
}

/** In bytes. */
function figuresOf(printed: string): number[] {
  const units: Readonly<Record<string, number>> = { ' KiB': 1024, ' MiB': 1024 ** 2 };
  return [...withoutCounts(printed).matchAll(figure)].map(
    ([, number, unit]) => Number(number) * (units[unit ?? ''] ?? 1),
  );
}

function withoutCounts(printed: string): string {
  return printed.replaceAll(/, count=.*|^\d+ (?=other:|memory blocks:)/gm, '');
}
