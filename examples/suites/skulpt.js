// A pupil's program in Skulpt, which knows what lives when it is asked, and no peak.
import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';

export function classroom() {
  const Sk = createSkulpt(readSkulptBuild());
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  const run = (source) => runSkulptProgram(Sk, { source, filename: 'pupil.py', throws: true });
  return { tracer, adapter, run };
}
