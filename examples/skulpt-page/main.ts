import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { programPage } from '../page-parts/program-page.ts';
import { SkulptPython } from './python.ts';
import { samples } from './samples.ts';
import type { Skulpt } from './skulpt.ts';

declare global {
  interface Window {
    readonly Sk: Skulpt;
  }
}

// Classic scripts have loaded Skulpt by now, and no Python has run yet.
const { Sk } = window;
const tracer = new Tracer();
const python = new SkulptPython(Sk, tracer);
const adapter = attachSkulpt(Sk, tracer, { onWarning: (message) => console.warn(message) });
installSkulptModule(Sk, adapter);
programPage({
  python,
  tracer,
  samples,
  note:
    'In use is what the program can still reach, found by a walk over its objects when memory is read: ' +
    'no garbage collection is waited for. Sizes are those of 64-bit CPython 3.13. A traced program may keep 32 MiB: ' +
    'beyond, it gets a MemoryError.',
  // What Skulpt keeps is known when somebody walks it: with each look.
  settle: true,
});
