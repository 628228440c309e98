import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { type MicroPythonHost, traceableMicroPython } from '@tracemalloc/adapters/micropython';
import { instanceOf } from '../../src/micropython/instance.ts';

/** What `loadMicroPython` gives, as far as the tests use it. */
export type MicroPython = MicroPythonHost & {
  readonly FS: { writeFile(path: string, text: string): void };
  runPythonAsync(code: string): Promise<unknown>;
};

export type LoadOptions = {
  readonly heapsize?: number;
  readonly pystack?: number;
  readonly url?: string;
  readonly stdout?: (line: string) => void;
};

const require = createRequire(import.meta.url);

/** The package of each version, as it is installed here. */
const packages = {
  '1.27': '@micropython/micropython-webassembly-pyscript',
  '1.26': 'micropython-1.26',
  '1.25': 'micropython-1.25',
  '1.24': 'micropython-1.24',
} as const;

export type Version = keyof typeof packages;

/** The file of the module. */
export function wasmFile(version: Version): string {
  return require.resolve(`${packages[version]}/micropython.wasm`);
}

/**
 * A `loadMicroPython` of its own realm: the package's keeps what it works with on `globalThis`, so that two of one realm would be in each other's way.
 */
export async function loaderOf(
  version: Version,
): Promise<(options: LoadOptions) => Promise<MicroPython>> {
  const file = require.resolve(`${packages[version]}/micropython.mjs`);
  const source = readFileSync(file, 'utf8')
    .replace('export default _createMicroPythonModule;', '')
    .replace('export async function', 'async function')
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
    // A script of `vm` can import nothing itself.
    .replaceAll('await import(', 'await importModule(');
  const names = [
    'WebAssembly',
    'TextDecoder',
    'TextEncoder',
    'URL',
    'Buffer',
    'console',
    'process',
  ];
  const timers = ['setTimeout', 'clearTimeout', 'performance', 'crypto'];
  const realm = Object.fromEntries(
    [...names, ...timers].map((name) => [name, (globalThis as Record<string, unknown>)[name]]),
  );
  const importModule = (name: string) => import(name);
  const context = vm.createContext({ ...realm, importModule });
  const script = `(async () => { ${source}; return loadMicroPython; })()`;
  return (await vm.runInContext(script, context, { filename: file })) as never;
}

/** One that can be traced. */
export async function newMicroPython(
  version: Version = '1.27',
  options: LoadOptions = {},
): Promise<MicroPython> {
  const load = await loaderOf(version);
  return traceableMicroPython(() => load({ heapsize: 1 << 20, pystack: 8192, ...options }));
}

type Table = { readonly length: number; get(slot: number): unknown };

/** Which functions are replaced, and by what. */
export function hooksOf(host: MicroPython): unknown {
  const { exports } = instanceOf(host)!;
  const table = exports['tracemalloc.table'] as Table;
  const flags = Object.entries(exports)
    .filter(([name]) => name.startsWith('tracemalloc.on '))
    .map(([name, flag]) => [name, (flag as { value: number }).value]);
  const slots = Array.from({ length: table.length }, (_, slot) => table.get(slot) === null);
  const names = host.globals.get('__name__');
  return { flags, slots, names };
}
