import { expect, test } from 'vitest';
import { CopyPace } from '../src/live/copy-pace.ts';

/** @returns milliseconds until the next copy, right after one that took so long. */
function pauseAfterCopy(full: number, cost: number): number {
  const pace = new CopyPace();
  pace.full = full;
  pace.asked(1000);
  pace.took(1000 + cost, cost);
  return pace.left(1000 + cost);
}

test('copies take a thirtieth of the time, and a third of it where memory is nearly full', () => {
  const cost = [1, 100, 2000];
  const pauses = [0.1, 0.5, 0.7, 1].map((full) => cost.map((each) => pauseAfterCopy(full, each)));

  expect(pauses).toEqual([
    [500, 3000, 60_000],
    [500, 3000, 60_000],
    [250, 250, 4000],
    [250, 250, 4000],
  ]);
});

test('memory that fills during a long pause calls it off', () => {
  const pace = new CopyPace();
  pace.full = 0.3;
  pace.asked(0);
  pace.took(2000, 2000);
  const calm = pace.left(7000);

  pace.full = 0.8;

  expect([calm, pace.left(7000)]).toEqual([55_000, -1000]);
});

test('the first copy is due at once, and what one costs is the most that was told of it', () => {
  const pace = new CopyPace();
  const first = pace.left(0);
  pace.asked(0);
  pace.took(90, 90);
  pace.took(100, 40);

  expect([first, pace.left(100)]).toEqual([Number.NEGATIVE_INFINITY, 2700]);
});
