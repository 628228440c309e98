// A leak in a plugin that runs in QuickJS: which line of it keeps more with every request.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { attachQuickJS, traceableQuickJS } from '@tracemalloc/adapters/quickjs';
import { type StatisticDiff, Tracer } from '@tracemalloc/core';
import { newQuickJSWASMModule } from 'quickjs-emscripten';

const shop = readFileSync(new URL('shop.js', import.meta.url), 'utf8');

/** The lines that keep more after another hundred requests than before. */
export async function findLeaks(): Promise<StatisticDiff[]> {
  const quickjs = await traceableQuickJS(() => newQuickJSWASMModule());
  const runtime = quickjs.newRuntime();
  const context = runtime.newContext();
  const tracer = new Tracer();
  const adapter = attachQuickJS(runtime, tracer);
  // What the host asks for is no part of the program.
  adapter.excludeFile('host.js');
  context.unwrapResult(context.evalCode(shop, 'shop.js')).dispose();
  tracer.start(10);
  const serve = (requests: number): void =>
    context.unwrapResult(context.evalCode(`serve(${requests})`, 'host.js')).dispose();
  serve(20);
  adapter.settle();
  const before = tracer.takeSnapshot();
  serve(100);
  adapter.settle();
  const grown = tracer.takeSnapshot().compareTo(before, 'lineno');
  adapter.detach();
  context.dispose();
  runtime.dispose();
  return grown.filter(({ sizeDiff }) => sizeDiff > 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const difference of await findLeaks()) console.log(String(difference));
}
