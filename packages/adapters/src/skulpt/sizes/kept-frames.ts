import type { FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';
import type { SkulptObject } from '../host.ts';

/** Member of Skulpt's note of a frame that an exception came through: what is one for each call. */
export const frameOf = '$tmf';

/** Such a note. An exception has the innermost first. */
type Passed = {
  readonly filename?: unknown;
  readonly lineno?: unknown;
  readonly [frameOf]?: object;
};

/** Told of a traceback object, and of the frame that it keeps; a module's was there before. */
export type KeptFrame = (row: TracebackRow, frame: object | null) => void;

/** CPython's traceback object, one for each frame that an exception came through. */
export const tracebackBytes = 56;
/** A frame object: that of a function with four values, in variables or on the stack. */
export const frameBytes = 200;

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
  const frames = [...tracer.tracebackAt(madeAt).frames].reverse();
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
    visit(row, name === '<module>' ? null : (note[frameOf] ?? note));
  }
}
