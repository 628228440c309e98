import { Tracer } from '@tracemalloc/core';
import { exportedNames } from '../../host-frames/index.ts';
import { Connection } from '../connection.ts';
import type { QuickJsModule } from '../host.ts';
import type { TraceableInstance } from '../instance.ts';

/** What QuickJS's sources call the function that runs a guest's function, and calls itself for those that it calls. */
export const runsCode = 'JS_CallInternal';

const calls = 20;
const marker = 77777;
const program = `function call(n) { return n > 0 ? [call(n - 1)] : new ArrayBuffer(${marker}); }
call(${calls})`;

/**
 * Names of QuickJS's functions by index: the module has none but its exports. Which one runs code is found out by running it: it is
 * there once for each call of a program. `null` where that can't be told, as in engines that don't number functions in stacks.
 */
export function nativeNames(
  host: QuickJsModule,
  instance: TraceableInstance,
): Map<number, string> | null {
  const index = functionThatRuns(host, instance);
  return index === null ? null : exportedNames(instance.exports).set(index, runsCode);
}

function functionThatRuns(host: QuickJsModule, instance: TraceableInstance): number | null {
  const runtime = host.newRuntime();
  const context = runtime.newContext();
  const tracer = new Tracer();
  let stack = '';
  const connection = new Connection(runtime, instance, tracer, null, (events) => ({
    ...events,
    allocated(block, bytes) {
      if (bytes === marker) stack = stackNow();
      events.allocated(block, bytes);
    },
  }));
  try {
    tracer.start(1);
    context.evalCode(program, 'tracemalloc.js').dispose();
  } finally {
    tracer.stop();
    connection.close();
    context.dispose();
    (runtime as unknown as { dispose(): void }).dispose();
  }
  const counts = new Map<number, number>();
  for (const [, index] of stack.matchAll(/wasm-function\[(\d+)\]/g)) {
    counts.set(Number(index), (counts.get(Number(index)) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most !== undefined && most[1] >= calls ? most[0] : null;
}

function stackNow(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 500;
  const { stack = '' } = new Error('calls');
  Error.stackTraceLimit = limit;
  return stack;
}
