import type { FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';
import type { SkulptObject } from '../host.ts';
import { callOf } from '../stamps.ts';

/** Skulpt's note of a frame that an exception came through. An exception has the innermost first. */
type Passed = {
  readonly filename?: unknown;
  readonly lineno?: unknown;
  readonly [callOf]?: object;
};

/** Told of a traceback object, and of the frame that it keeps; a module's was there before. */
export type KeptFrame = (row: TracebackRow, frame: object | null) => void;

/**
 * A raised exception keeps in CPython the frames that it came through, allocated as they were left.
 * Skulpt knows their lines; who called them is known from where the exception was made.
 */
export function visitKeptFrames(
  exception: SkulptObject,
  madeAt: TracebackRow,
  tracer: Tracer,
  visit: KeptFrame,
): void {
  const passed = exception['traceback'] as readonly Passed[] | undefined;
  if (!Array.isArray(passed) || passed.length === 0) return;
  // Skulpt's own functions, where they are recorded, are no calls of the guest's.
  const frames = tracer
    .tracebackAt(madeAt)
    .frames.filter(({ filename }) => !filename.startsWith('js:'))
    .reverse();
  const rows: FrameRow[] = frames.map(({ filename, lineno, functionName }) =>
    tracer.frame(tracer.string(filename), lineno, tracer.string(functionName)),
  );
  for (const [depth, note] of passed.entries()) {
    const { filename, lineno } = note;
    if (typeof filename !== 'string' || typeof lineno !== 'number') continue;
    const frame = frames[depth];
    const name = frame?.filename === filename ? frame.functionName : '';
    const stack = [tracer.frame(tracer.string(filename), lineno, tracer.string(name))];
    stack.push(...rows.slice(depth + 1));
    tracer.stack.set(stack.slice(0, tracer.stack.length));
    const row = tracer.capture(Math.min(stack.length, tracer.stack.length));
    visit(row, name === '<module>' ? null : (note[callOf] ?? note));
  }
}
