import { readdirSync, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import type { PyodideAdapter } from '../adapter.ts';
import { PythonValues } from '../guest/python-values.ts';
import { type Address, moduleOf, type PyodideHost, type PyodideModule } from '../host.ts';
import { bootstrap, bootstrapFile } from './bootstrap.ts';

/** What `runPyodideProgram` is to run, and with what. */
export type PyodideProgram = {
  /** Python source. */
  readonly source: string;
  /** What tracebacks and `__file__` show; `<string>` has no `__file__`. */
  readonly filename: string;
  /** Where its imports are looked for first. */
  readonly folder: string;
  /** `sys.argv`. */
  readonly argv: readonly string[];
  /** Its package, for relative imports. */
  readonly package?: string;
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Its environment; of `PYTHONPATH` the folders are looked in. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where what it prints goes, as bytes. */
  readonly stdout: (bytes: Uint8Array) => void;
  /** Where its errors go, as bytes. */
  readonly stderr: (bytes: Uint8Array) => void;
};

type Stream = { write(bytes: Uint8Array): number; isatty: boolean };

/** What the runner uses of a Pyodide beside what the adapter does. */
type NodePyodide = PyodideHost & {
  setStdout(stream: Stream): void;
  setStderr(stream: Stream): void;
  readonly FS: {
    readonly filesystems: { readonly NODEFS: object };
    mkdirTree(path: string): void;
    mount(kind: object, options: { root: string }, path: string): void;
    chdir(path: string): void;
  };
};

type RunApi = PyodideModule & {
  _Py_CompileStringExFlags(
    source: Address,
    file: Address,
    start: number,
    flags: Address,
    optimize: number,
  ): Address;
  _PyImport_AddModule(name: Address): Address;
  _PyModule_GetDict(module: Address): Address;
  _PyEval_EvalCode(code: Address, globals: Address, locals: Address): Address;
  _PyDict_GetItemString(dict: Address, key: Address): Address;
  _PyObject_CallObject(callable: Address, args: Address): Address;
  _PyObject_CallOneArg(callable: Address, arg: Address): Address;
  _PyObject_Repr(object: Address): Address;
  _PyLong_AsDouble(object: Address): number;
  _Py_IncRef(object: Address): void;
  readonly __Py_NoneStruct: Address;
};

/** `Py_file_input` */
const wholeFile = 257;
/** `PyCF_SOURCE_IS_UTF8 | PyCF_IGNORE_COOKIE`: the text was decoded already. */
const sourceIsText = 0x0100 | 0x0800;
const latestFeatures = 14;

/** Folders of the system that the guest has of its own. */
const ownFolders = ['dev', 'lib', 'proc', 'sys'];

/**
 * Runs a program to its end, as `python` does: on the disk, with its own `__main__`, `sys.argv` and `sys.path`, errors on stderr, exit
 * functions. Neither its tracebacks nor those of the tracer have frames of Pyodide's below it. A Pyodide runs one program.
 *
 * @param host What `loadPyodide()` gives, on Node.
 * @returns its exit status, 0 … 255.
 */
export function runPyodideProgram(
  host: PyodideHost,
  adapter: Pick<PyodideAdapter, 'exclude' | 'excludeFile'>,
  program: PyodideProgram,
): { readonly exitCode: number } {
  const pyodide = host as NodePyodide;
  const { source, filename } = program;
  adapter.excludeFile(bootstrapFile);
  const runner = adapter.exclude(() => {
    connectStreams(pyodide, program);
    mountDisk(pyodide);
    pyodide.FS.chdir(program.cwd);
    return new Runner(moduleOf(host), adapter, program);
  });
  const code = adapter.exclude(() => runner.compile(source, filename));
  return { exitCode: runner.run(code) };
}

/** Runs code by CPython's own functions, so that no frame of Pyodide's is below it. */
class Runner {
  readonly #module: RunApi;
  readonly #adapter: Pick<PyodideAdapter, 'exclude'>;
  readonly #values: PythonValues;
  readonly #functions: Address;

  constructor(
    module: PyodideModule,
    adapter: Pick<PyodideAdapter, 'exclude'>,
    program: PyodideProgram,
  ) {
    this.#module = module as RunApi;
    this.#adapter = adapter;
    this.#values = new PythonValues(module);
    this.#functions = this.#dictOf('tracemalloc_runner');
    this.#module._Py_IncRef(this.#functions);
    const code = this.compile(bootstrap, bootstrapFile);
    const done =
      code === 0 ? 0 : this.#module._PyEval_EvalCode(code, this.#functions, this.#functions);
    if (done === 0) throw new Error(`the runner can't begin: ${this.#takeError()}`);
    this.#prepare(program);
  }

  /** @returns 0 where the source is wrong: the guest has the error. */
  compile(source: string, filename: string): Address {
    const module = this.#module;
    const flags = module._PyMem_RawMalloc(8);
    module.HEAP32.set([sourceIsText, latestFeatures], flags >>> 2);
    try {
      return this.#values.withText(source, (text) =>
        this.#values.withText(filename, (file) =>
          module._Py_CompileStringExFlags(text, file, wholeFile, flags, -1),
        ),
      );
    } finally {
      module._PyMem_RawFree(flags);
    }
  }

  /** Runs the program, shows what it failed of, and ends it. */
  run(code: Address): number {
    const module = this.#module;
    if (code !== 0) {
      const main = this.#dictOf('__main__');
      const result = module._PyEval_EvalCode(code, main, main);
      if (result !== 0) module._Py_DecRef(result);
      module._Py_DecRef(code);
    }
    const raised = module._PyErr_GetRaisedException();
    // A limit that the program went beyond is none for the words that say so.
    const shown = this.#adapter.exclude(() =>
      this.#call('shown', raised === 0 ? module.__Py_NoneStruct : raised),
    );
    if (raised !== 0) module._Py_DecRef(raised);
    const status = this.#call('finish', shown);
    module._Py_DecRef(shown);
    const exitCode = module._PyLong_AsDouble(status);
    module._Py_DecRef(status);
    return exitCode;
  }

  #prepare({ argv, folder, cwd, env = {}, filename, package: parent }: PyodideProgram): void {
    const values = this.#values;
    const paths = (env['PYTHONPATH'] ?? '').split(delimiter).filter((path) => path !== '');
    values.scope(() => {
      const textOrNone = (text: string | undefined) =>
        text === undefined ? values.none : values.str(text);
      const strs = (texts: readonly string[]) => values.list(texts.map((text) => values.str(text)));
      const args = values.tuple([
        strs(argv),
        strs([folder, ...paths].map((path) => resolve(cwd, path))),
        textOrNone(filename === '<string>' ? undefined : filename),
        textOrNone(parent),
      ]);
      this.#module._Py_DecRef(this.#call('prepare', args as Address, true));
    });
  }

  /** Calls a function of the bootstrap with one argument, or with a tuple of them. */
  #call(name: string, argument: Address, isTuple = false): Address {
    const module = this.#module;
    const callable = this.#values.withText(name, (key) =>
      module._PyDict_GetItemString(this.#functions, key),
    );
    const result = isTuple
      ? module._PyObject_CallObject(callable, argument)
      : module._PyObject_CallOneArg(callable, argument);
    if (result === 0) throw new Error(`the runner failed in ${name}: ${this.#takeError()}`);
    return result;
  }

  #takeError(): string {
    const module = this.#module;
    const raised = module._PyErr_GetRaisedException();
    const text = module._PyObject_Repr(raised);
    return module.UTF8ToString(module._PyUnicode_AsUTF8(text));
  }

  #dictOf(name: string): Address {
    const module = this.#module;
    return module._PyModule_GetDict(
      this.#values.withText(name, (text) => module._PyImport_AddModule(text)),
    );
  }
}

function connectStreams(pyodide: NodePyodide, { stdout, stderr }: PyodideProgram): void {
  const stream = (write: (bytes: Uint8Array) => void): Stream => ({
    isatty: false,
    write(bytes) {
      // What is written is a view of the guest's memory.
      write(bytes.slice());
      return bytes.length;
    },
  });
  pyodide.setStdout(stream(stdout));
  pyodide.setStderr(stream(stderr));
}

/** The disk as it is, but for what the guest has of its own. */
function mountDisk({ FS }: NodePyodide): void {
  FS.chdir('/');
  for (const name of readdirSync('/')) {
    const path = `/${name}`;
    if (ownFolders.includes(name) || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      continue;
    }
    FS.mkdirTree(path);
    FS.mount(FS.filesystems.NODEFS, { root: path }, path);
  }
}
