import {
  attachBrython,
  type BrythonInternals,
  installBrythonModule,
} from '@tracemalloc/adapters/brython';
import { Tracer } from '@tracemalloc/core';
import { mountLive } from '@tracemalloc/report/live';
import { Programs } from './programs.ts';

declare global {
  interface Window {
    readonly __BRYTHON__: BrythonInternals;
    settleMemory: () => Promise<void>;
    runProgram: (source: string) => void;
    programOutput: Programs['stream'];
  }
}

// Classic scripts have loaded Brython by now, and it runs the page's Python after this module.
const { __BRYTHON__: $B } = window;
const tracer = new Tracer();
const adapter = attachBrython({ $B }, tracer, {
  onWarning: (message) => console.warn(message),
});
installBrythonModule({ $B }, adapter);
window.settleMemory = () => adapter.settleLater();

const live = document.querySelector<HTMLElement>('#live');
if (live !== null) mountLive(live, tracer);

const output = document.querySelector('#output');
if (output !== null) {
  const programs = new Programs($B, tracer, output);
  window.runProgram = (source) => {
    programs.run(source);
    // What it has left is seen to be gone between turns only.
    void adapter.settleLater();
  };
  window.programOutput = programs.stream;
}
