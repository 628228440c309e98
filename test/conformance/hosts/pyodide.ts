import type { ConformanceHost } from '@tracemalloc/adapters/conformance';
import { attachPyodide, type PyodideAdapter } from '@tracemalloc/adapters/pyodide';
import type { Pyodide } from '../../../packages/adapters/test/pyodide/compare-tracers.ts';
import { newPyodide } from '../../../packages/adapters/test/pyodide/new-pyodide.ts';
import { pythonPrograms } from '../python-programs.ts';

/** CPython's functions that run a program with no frame of Pyodide's below it. */
type Api = {
  readonly HEAP32: Int32Array;
  stringToNewUTF8(text: string): number;
  _PyDict_New(): number;
  _Py_CompileString(source: number, file: number, start: number): number;
  _PyEval_EvalCode(code: number, globals: number, locals: number): number;
  _PyMem_RawMalloc(size: number): number;
  _PyMem_GetAllocator(domain: number, words: number): void;
  _PyRefTracer_GetTracer(data: number): number;
};

const wholeFile = 257;

/** To load one takes a while, and detached ones are as good as new: the suite says so. */
const detached: Pyodide[] = [];

export const host: ConformanceHost = {
  name: 'Python (Pyodide)',
  programs: pythonPrograms,
  type: 'bytes',
  extension: '.py',
  // Four words of 32 bits, and the zero at the end.
  sizeOf: (elements) => 17 + elements,
  async open() {
    const pyodide = detached.pop() ?? (await newPyodide());
    const api = (pyodide as unknown as { _module: Api })._module;
    const words = api._PyMem_RawMalloc(60);
    let adapter: PyodideAdapter | null = null;
    const quietly = <T>(work: () => T): T => (adapter === null ? work() : adapter.exclude(work));
    return {
      attach(tracer) {
        adapter = attachPyodide(pyodide, tracer);
        return adapter.caps;
      },
      run(source, file) {
        const { code, globals } = quietly(() => {
          const [text, name] = [source, `${file}.py`].map((one) => api.stringToNewUTF8(one));
          const compiled = api._Py_CompileString(text!, name!, wholeFile);
          return { code: compiled, globals: api._PyDict_New() };
        });
        if (api._PyEval_EvalCode(code, globals, globals) === 0) throw new Error(`${file} failed`);
      },
      settle: () => undefined,
      detach: () => adapter?.detach(),
      fingerprint() {
        for (const i of [0, 1, 2]) api._PyMem_GetAllocator(i, words + 20 * i);
        const allocators = [...api.HEAP32.slice(words >>> 2, (words >>> 2) + 15)];
        return [allocators, api._PyRefTracer_GetTracer(0)];
      },
      close() {
        adapter?.detach();
        detached.push(pyodide);
      },
    };
  },
};
