import { loadScript } from './load-script.ts';
import type { HostName } from './protocol.ts';

/** What the worker of an interpreter is made of. */
export type HostFiles = {
  /** Classic scripts, in the order in which they run. */
  readonly scripts: readonly string[];
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
};

/** What a script `hosts/NAME.js` tells: a script, since files can't be fetched from a disk. */
type Packed = {
  readonly scripts: readonly string[];
  /** By name, in base64. */
  readonly files: Readonly<Record<string, string>>;
};

declare global {
  var playgroundHosts: Partial<Record<HostName, Packed>> | undefined;
}

/** An interpreter of the playground. */
export type Host = {
  readonly name: HostName;
  readonly title: string;
  readonly language: 'python' | 'lua';
  /** What the program is called. */
  readonly filename: string;
  /** What its figures are, in a sentence. */
  readonly note: string;
};

/** All that there are, the default first. */
export const hosts: readonly Host[] = [
  {
    name: 'skulpt',
    title: 'Python (Skulpt)',
    language: 'python',
    filename: 'main.py',
    note: 'What lives is what the program can still reach, found by a walk whenever memory is read; sizes are modelled on 64-bit CPython.',
  },
  {
    name: 'brython',
    title: 'Python (Brython)',
    language: 'python',
    filename: 'main.py',
    note: 'Sizes are modelled on 64-bit CPython. Garbage counts until the browser collects it, so that figures are a little high.',
  },
  {
    name: 'pyodide',
    title: 'Python (Pyodide, 17 MB)',
    language: 'python',
    filename: 'main.py',
    note: 'CPython itself, in WebAssembly: every block, exactly; sizes are those of a CPython of 32 bits.',
  },
  {
    name: 'lua',
    title: 'Lua 5.4 (wasmoon)',
    language: 'lua',
    filename: 'main.lua',
    note: 'Lua in WebAssembly: every block with its exact size. Garbage counts until Lua collects it.',
  },
];

/** The files of an interpreter, loaded once, when it is first used. */
export async function loadHost(name: HostName): Promise<HostFiles> {
  await loadScript(`hosts/${name}.js`);
  const packed = globalThis.playgroundHosts?.[name];
  if (packed === undefined) throw new Error(`the interpreter ${name} is not in this site`);
  const files = Object.entries(packed.files).map(([file, text]) => [file, bytesOf(text)] as const);
  return { scripts: packed.scripts, files: Object.fromEntries(files) };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
