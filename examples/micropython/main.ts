/// <reference path="./micropython.d.ts" />
// A leak in MicroPython: which line of the program keeps more with every request.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadMicroPython } from '@micropython/micropython-webassembly-pyscript';
import { attachMicroPython, traceableMicroPython } from '@tracemalloc/adapters/micropython';
import { type StatisticDiff, Tracer } from '@tracemalloc/core';

const shop = readFileSync(new URL('shop.py', import.meta.url), 'utf8');

/** The lines that keep more after another hundred requests than before. */
export async function findLeaks(): Promise<StatisticDiff[]> {
  const micropython = await traceableMicroPython(() => loadMicroPython({ heapsize: 1 << 20 }));
  micropython.FS.writeFile('/shop.py', shop);
  const tracer = new Tracer();
  const adapter = attachMicroPython(micropython, tracer);
  // What JavaScript asks for is no part of the program.
  adapter.excludeFile('<stdin>');
  micropython.runPython('import shop');
  tracer.start(10);
  const serve = (requests: number) => micropython.runPython(`shop.serve(${requests})`);
  serve(20);
  adapter.settle();
  const before = tracer.takeSnapshot();
  serve(100);
  adapter.settle();
  const grown = tracer.takeSnapshot().compareTo(before, 'lineno');
  adapter.detach();
  return grown.filter(({ sizeDiff }) => sizeDiff > 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const difference of await findLeaks()) console.log(String(difference));
}
