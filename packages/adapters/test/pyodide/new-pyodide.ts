import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as current from 'pyodide';
import * as older from 'pyodide-0.29';
import type { Pyodide } from './compare-tracers.ts';

type Loader = {
  readonly version: string;
  loadPyodide(options: object): Promise<object>;
};

const folder = fileURLToPath(new URL('../../../../node_modules/.cache/pyodide', import.meta.url));

/**
 * A Pyodide as it is after loading. To load one takes 3 s of CPU time, and from an image of its memory, which is kept for the next
 * ones, half a second.
 */
async function load({ version, loadPyodide }: Loader): Promise<Pyodide> {
  const file = `${folder}/${version}-${process.version}.image`;
  if (!existsSync(file)) {
    const loaded = (await loadPyodide({ _makeSnapshot: true })) as {
      makeMemorySnapshot(): Uint8Array;
    };
    mkdirSync(folder, { recursive: true });
    // Others may be about it too: what is there is whole.
    writeFileSync(`${file}.${process.pid}`, loaded.makeMemorySnapshot());
    renameSync(`${file}.${process.pid}`, file);
  }
  return (await loadPyodide({ _loadSnapshot: readFileSync(file) })) as Pyodide;
}

/** With CPython 3.14. */
export function newPyodide(): Promise<Pyodide> {
  return load(current as unknown as Loader);
}

/** The one before, with CPython 3.13. */
export function olderPyodide(): Promise<Pyodide> {
  return load(older as unknown as Loader);
}
