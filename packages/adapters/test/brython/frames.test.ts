import { readFileSync } from 'node:fs';
import type { Frame } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { startGuest } from './start.ts';

const { marks } = JSON.parse(readFileSync(new URL('frames.json', import.meta.url), 'utf8')) as {
  marks: [tag: string, stack: string[]][];
};

test('stacks are those of CPython at every kind of call', async () => {
  const guest = await startGuest();
  const { adapter, runtime, tracer } = guest;
  const seen: [string, string[]][] = [];
  const shown = (frame: Frame): string => `${frame.filename}:${frame.lineno} ${frame.functionName}`;
  runtime.addNativeModule('marks', {
    // The guest allocates the list that it passes: its traceback is the stack at the mark.
    note(tag: string, fresh: unknown): void {
      const traceback = adapter.tracebackOf(fresh);
      const frames = [...(traceback?.frames ?? [])].reverse().map(shown);
      const at = frames.findIndex((frame) => frame.endsWith(' mark'));
      seen.push([tag, frames.slice(at + 1)]);
    },
  });
  const source = readFileSync(new URL('frames.py', import.meta.url), 'utf8')
    .replace('import functools', 'import functools; from marks import note')
    .replace('    note(tag)\n', '    note(tag, [tag])\n');
  tracer.start(50);
  guest.run(source, 'frames');
  expect(seen).toEqual(marks);
});
