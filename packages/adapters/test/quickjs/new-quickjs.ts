import { type QuickJsModule, traceableQuickJS } from '@tracemalloc/adapters/quickjs';
import {
  newQuickJSWASMModule,
  type QuickJSContext,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten';
import { addressOf, moduleOf } from '../../src/quickjs/host.ts';
import { instanceOf } from '../../src/quickjs/instance.ts';
import { MemoryViews } from '../../src/wasm/memory-views.ts';

export type QuickJs = QuickJSWASMModule;

let shared: Promise<QuickJs> | null = null;

/** One that can be traced; its runtimes have nothing to do with each other. */
export function newQuickJs(): Promise<QuickJs> {
  shared ??= traceableQuickJS(
    () => newQuickJSWASMModule() as Promise<QuickJSWASMModule & QuickJsModule>,
  );
  return shared;
}

/** The functions that a runtime calls for memory. */
export function hooksOf(runtime: QuickJSRuntime): unknown {
  const { memory } = instanceOf(moduleOf(runtime))!;
  const address = addressOf(runtime);
  return [0, 4, 8, 12].map((offset) => new MemoryViews(memory).word(address + offset));
}

/** Runs a program, which may not fail. */
export function run(context: QuickJSContext, source: string, file = 'app.js'): void {
  const result = context.evalCode(source, file);
  if (result.error !== undefined) throw new Error(JSON.stringify(context.dump(result.error)));
  result.dispose();
}
