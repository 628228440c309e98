import { TracemallocError } from '@tracemalloc/core';
import { errorText } from '../../contract/shown.ts';
import { rewriteWasm } from '../../wasm/rewrite.ts';
import { rewritingEngine } from '../../wasm/rewriting-engine.ts';
import { isTable, type WasmExports } from '../../wasm/web-assembly.ts';
import { moduleOf, type QuickJsInstance, type QuickJsModule } from '../host.ts';
import { keepInstance } from '../instance.ts';
import { usualLayout } from '../layout.ts';
import { selfTest } from '../self-test.ts';

/** Under which its table is exported. */
const tableName = 'tracemalloc.functions';

/** Loads are one after the other: each looks on what the engine is asked for meanwhile. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Loads a QuickJS that can be traced: `await traceableQuickJS(() => newQuickJSWASMModule())`. QuickJS has a place for functions of an allocator of one's own, but the module
 * hides the table that they must be in, so what is instantiated is a copy that exports it.
 *
 * @param load Calls `newQuickJSWASMModule`, of a release build, and gives what it gives.
 * @throws TracemallocError `unsupported-host` for what is no QuickJS, and for a build in which what is read is not what the guest says itself: debug builds, and those of
 *   other versions.
 */
export function traceableQuickJS<Module extends QuickJsModule>(
  load: () => Promise<Module>,
): Promise<Module> {
  const loaded = previous.then(() => loadTraceable(load));
  previous = loaded.catch(() => undefined);
  return loaded;
}

async function loadTraceable<Module extends QuickJsModule>(
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    const { host, instance } = await loadWithTable(load);
    const traceable = { ...instance, host, layout: usualLayout, freeSlots: [] };
    const problem = selfTest(host, traceable);
    if (problem !== null) throw new RangeError(problem);
    keepInstance(moduleOf(host), traceable);
    return host;
  } catch (error) {
    const reason = errorText(error);
    throw new TracemallocError(
      'unsupported-host',
      `this QuickJS can't be traced, which release builds of quickjs-emscripten 0.32 can: ${reason}`,
      { reason },
    );
  }
}

async function loadWithTable<Module extends QuickJsModule>(
  load: () => Promise<Module>,
): Promise<{ readonly host: Module; readonly instance: QuickJsInstance }> {
  const instances: QuickJsInstance[] = [];
  const restore = rewritingEngine((bytes) => ({
    bytes: rewriteWasm(bytes, { exportTable: tableName }),
    instantiated: (exports, imports) => {
      const memory = memoryOf(exports, imports);
      const table = exports[tableName];
      if (isTable(table) && memory !== null) instances.push({ exports, table, memory });
    },
  }));
  let host: Module;
  try {
    host = await load();
  } finally {
    restore();
  }
  if (instances.length !== 1 || typeof host?.newRuntime !== 'function') {
    throw new TypeError(
      'what was to load it has instantiated none or several, or gave something else than newQuickJSWASMModule does',
    );
  }
  return { host, instance: instances[0]! };
}

/** Its names are short ones, and it may be given from outside. */
function memoryOf(
  exports: WasmExports,
  imports: object | undefined,
): QuickJsInstance['memory'] | null {
  const given = Object.values(imports ?? {}).flatMap((one) => Object.values(one as object));
  const found = [...Object.values(exports), ...given].find(
    (value) => Object.prototype.toString.call(value) === '[object WebAssembly.Memory]',
  );
  return (found as QuickJsInstance['memory'] | undefined) ?? null;
}
