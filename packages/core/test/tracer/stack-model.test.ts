import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ShadowStack, Tracer } from '../../src/index.ts';
import { runs } from '../runs.ts';

const line = fc.nat(5);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('enter'), line) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('leave')) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('line'), line) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('unwindTo'), fc.nat(12)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('context')) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('resume'), fc.nat(3)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('start'), fc.nat(3)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('clear')) },
  { weight: 9, arbitrary: fc.tuple(fc.constant('ask')) },
);

type Model = { lines: number[]; resumedBy: Model | null };

/** Frames, most recent first, through whoever resumed whom; a circle is cut. */
function stackOf(running: Model): number[] {
  const seen = new Set<Model>();
  const stack: number[] = [];
  for (let one: Model | null = running; one !== null && !seen.has(one); one = one.resumedBy) {
    seen.add(one);
    stack.push(...[...one.lines].reverse());
  }
  return stack;
}

/** A shadow stack, and lists of frames that it stands for. */
class Pair {
  readonly tracer = new Tracer();
  readonly shadow = new ShadowStack(this.tracer);
  readonly rows = Array.from({ length: 6 }, (_, i) => this.tracer.frame(0, i + 1));
  readonly models: Model[] = [{ lines: [], resumedBy: null }];
  running = this.models[0]!;

  readonly steps: Readonly<Record<string, (number: number) => void>> = {
    enter: (line) => {
      this.shadow.enter(this.rows[line]!);
      this.running.lines.push(this.rows[line]!);
    },
    leave: () => {
      this.shadow.leave();
      this.running.lines.pop();
    },
    line: (line) => {
      this.shadow.line(this.rows[line]!);
      if (this.running.lines.pop() !== undefined) this.running.lines.push(this.rows[line]!);
    },
    unwindTo: (depth) => {
      this.shadow.unwindTo(depth);
      this.running.lines.splice(depth);
    },
    context: () => {
      this.shadow.context();
      this.models.push({ lines: [], resumedBy: null });
    },
    resume: (number) => this.#switchTo(number % this.models.length, this.running),
    start: (number) => this.#switchTo(number % this.models.length, null),
    clear: () => this.tracer.clearTraces(),
    ask: () => {
      const row = this.shadow.traceback();
      const stack = stackOf(this.running);
      const count = Math.min(stack.length, this.tracer.nframe);
      for (let i = 0; i < count; i++) this.tracer.stack[i] = stack[i]!;
      expect(row).toBe(this.tracer.capture(count, stack.length));
    },
  };

  #switchTo(number: number, resumedBy: Model | null): void {
    const next = this.models[number]!;
    const before = this.running;
    this.shadow.switchTo(number, resumedBy && this.models.indexOf(resumedBy));
    next.resumedBy = resumedBy;
    if (next === before) return;
    if (before.resumedBy === next) before.resumedBy = null;
    this.running = next;
  }
}

test('a pushed stack has the row that its frames, captured, have', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 3, 7, 25),
      fc.array(step, { minLength: 50, maxLength: 300, size: 'max' }),
      (nframe, steps) => {
        const pair = new Pair();
        pair.tracer.start(nframe);
        for (const [what, number = 0] of steps) pair.steps[what]!(number);
      },
    ),
    { numRuns: runs(60) },
  );
});
