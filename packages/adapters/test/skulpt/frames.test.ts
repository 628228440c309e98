import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Guest, startGuest } from './start.ts';

const program = readFileSync(new URL('frames.py', import.meta.url), 'utf8');
/** The stack of each call of here() in CPython 3.13. */
const expected = JSON.parse(
  readFileSync(new URL('frames.json', import.meta.url), 'utf8'),
) as string[];

/** Gives programs a here(label), which writes down the stack of an object that is made now. */
function recordStacks({ Sk, adapter }: Guest, suspended: boolean): string[] {
  const stacks: string[] = [];
  const none = (Sk.builtin['none'] as unknown as { none$: object }).none$;
  const record = (label: string): object => {
    const frames = adapter.tracebackOf(new Sk.builtin['list']!([])) ?? [];
    const lines = Array.from(frames, (frame) => `${frame.functionName}:${frame.lineno}`);
    stacks.push(`${label}: ${lines.reverse().join(' < ')}`);
    return none;
  };
  const here = ({ v: label }: { v: string }): unknown => {
    if (!suspended) return record(label);
    const waiting = Sk.misceval.promiseToSuspension(Promise.resolve()) as object;
    // Optional: what cannot suspend resumes it at once.
    return Object.assign(waiting, { optional: true, resume: () => record(label) });
  };
  Sk.builtins['here'] = new Sk.builtin['func']!(here);
  return stacks;
}

test.each([true, false])('all stacks are CPython’s (minified: %s)', (minified) => {
  const guest = startGuest({ minified });
  const stacks = recordStacks(guest, false);
  guest.tracer.start(50);
  guest.run(program);
  expect(stacks).toEqual(expected);
});

test('and so they are where every call suspends', async () => {
  const guest = startGuest();
  const stacks = recordStacks(guest, true);
  guest.tracer.start(50);
  await guest.runAsync(program);
  expect(stacks).toEqual(expected);
});

test.each([
  ['one line', 'x = len([1] + [2]) + len((3,)) if [4] else [len([5])]\n', 1],
  ['four lines', 'x = len(\n  [1] + [2]\n) + len(\n  (3,))\n', 7],
])('code of %s sets a line where it changes, and nowhere else', (_, source, stores) => {
  const { code } = startGuest().Sk.compile(source, 'main.py', 'exec', true);
  // One more: where the module begins.
  expect(code.match(/\$tl\[\$tsp\]=\d/g)).toHaveLength(stores + 1);
});
