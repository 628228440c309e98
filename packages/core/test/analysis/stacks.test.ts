import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Stacks } from '../../src/analysis/stacks.ts';
import { runs } from '../runs.ts';

test('each stack is there once, told from others by its frames and their total', () => {
  const stack = fc.tuple(fc.array(fc.nat(1), { maxLength: 3 }), fc.nat(2));
  fc.assert(
    fc.property(fc.array(stack, { maxLength: 60, size: 'max' }), (given) => {
      const stacks = new Stacks(given.length, 3 * given.length);
      const model = new Map<string, number>();
      for (const [frames, total] of given) {
        const text = `${frames} of ${total}`;
        for (const frame of frames) stacks.push(frame);
        if (!model.has(text)) model.set(text, model.size);
        expect(stacks.close(total)).toBe(model.get(text));
      }
      const { length, offset, frame } = stacks.columns();
      expect([length, offset.length, frame.length]).toEqual([
        model.size,
        model.size + 1,
        offset[model.size],
      ]);
      const copied = [...model.values()].map((row) => [
        ...frame.slice(offset[row], offset[row + 1]),
      ]);
      const texts = [...model.keys()].map((text) => text.replace(/ of \d$/, ''));
      expect(copied.map(String)).toEqual(texts);
    }),
    { numRuns: runs(200) },
  );
});
