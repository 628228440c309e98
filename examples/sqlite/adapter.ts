/// <reference path="./sql-js.d.ts" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  attachWasmHeap,
  exportOfGlue,
  rewriteWasm,
  type WasmExports,
  type WasmHeapAdapter,
} from '@tracemalloc/adapters/wasm';
import { ShadowStack, type Tracer } from '@tracemalloc/core';
import initSqlJs, { type Database } from 'sql.js';

/** SQLite in WASM, whose heap is traced: each block belongs to the statement that asked for it. */
export class TracedSqlite {
  readonly adapter: WasmHeapAdapter;
  readonly #tracer: Tracer;
  readonly #stack: ShadowStack;
  readonly #open: new () => Database;

  private constructor(
    open: new () => Database,
    exports: WasmExports,
    tracer: Tracer,
    names: object,
  ) {
    this.#open = open;
    this.#tracer = tracer;
    this.#stack = new ShadowStack(tracer);
    const options = { name: 'sqlite', functions: names, stack: this.#stack };
    this.adapter = attachWasmHeap(exports, tracer, options);
  }

  static async load(tracer: Tracer): Promise<TracedSqlite> {
    const require = createRequire(import.meta.url);
    const glue = readFileSync(require.resolve('sql.js/dist/sql-wasm.js'), 'utf8');
    const names = { malloc: exportOfGlue(glue, 'malloc')!, free: exportOfGlue(glue, 'free')! };
    const bytes = readFileSync(require.resolve('sql.js/dist/sql-wasm.wasm'));
    const module = new WebAssembly.Module(rewriteWasm(bytes, { functions: Object.values(names) }));
    let exports: WasmExports = {};
    const { Database } = await initSqlJs({
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(module, imports);
        exports = instance.exports;
        done(instance);
        return exports;
      },
    });
    return new TracedSqlite(Database, exports, tracer, names);
  }

  openDatabase(): Database {
    return this.#inFrame('<connection>', 0, 'open', () => new this.#open());
  }

  /** Runs a script, a statement at a line of its own. */
  runScript(database: Database, script: string, file: string): void {
    for (const [i, statement] of script.split('\n').entries()) {
      const name = statement.split(' ').slice(0, 3).join(' ');
      this.#inFrame(file, i + 1, name, () => database.run(statement));
    }
  }

  #inFrame<T>(file: string, line: number, name: string, work: () => T): T {
    const tracer = this.#tracer;
    this.#stack.enter(tracer.frame(tracer.string(file), line, tracer.string(name)));
    try {
      return work();
    } finally {
      this.#stack.leave();
    }
  }
}
