import { attachPyodide, installPyodideModule } from '@tracemalloc/adapters/pyodide';
import { Tracer } from '@tracemalloc/core';
import { programPage } from '../page-parts/program-page.ts';
import { type Pyodide, PyodidePython } from './python.ts';
import { samples } from './samples.ts';

// The page's own server has it, as its package has it.
const folder = '/pyodide/';
const { loadPyodide } = (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as {
  loadPyodide(options: { indexURL: string }): Promise<Pyodide>;
};
const pyodide = await loadPyodide({ indexURL: folder });
const tracer = new Tracer();
const adapter = attachPyodide(pyodide, tracer, { onWarning: (message) => console.warn(message) });
const python = new PyodidePython(pyodide, adapter);
// import tracemalloc in the guest, over the same tracer.
installPyodideModule(pyodide, adapter);
programPage({
  python,
  tracer,
  samples,
  note:
    'This is CPython itself, in WebAssembly: each block, its size (of 32 bits), its free and the peak are exact. ' +
    'The program runs where the page does: it can be stopped, and watched, where it awaits.',
});
