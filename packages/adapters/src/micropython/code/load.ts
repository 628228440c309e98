import { TracemallocError } from '@tracemalloc/core';
import { errorText } from '../../contract/shown.ts';
import { readWasmModule, type WasmModule } from '../../wasm/module.ts';
import { rewriteWasm } from '../../wasm/rewrite.ts';
import { rewritingEngine } from '../../wasm/rewriting-engine.ts';
import type { MicroPythonExports, MicroPythonHost } from '../host.ts';
import { keepInstance, type TraceableInstance } from '../instance.ts';
import { layouts } from '../layout.ts';
import { selfTest } from '../self-test.ts';
import { candidates, discover } from './discover.ts';
import { type HookPoints, knownHookPoints } from './hook-points.ts';

/** What `traceableMicroPython` may be told. */
export type TraceableOptions = {
  /** Told when it is a build that is not known, which takes a second longer to load. */
  readonly onWarning?: (message: string) => void;
};

/** Loads are one after the other: each looks on what the engine is asked for meanwhile. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Loads a MicroPython that can be traced: `await traceableMicroPython(() => loadMicroPython({ heapsize: 8 << 20 }))`. MicroPython has no hooks, so
 * what is instantiated is a copy of its module in which six functions can be replaced. A build that is not known is loaded twice: five
 * small programs in the first one say which functions those are.
 *
 * @param load Calls `loadMicroPython`, and gives what it gives; it may be called again.
 * @throws TracemallocError `unsupported-host` for what is no MicroPython, or one in which what is read is not what the guest says itself.
 */
export function traceableMicroPython<Host extends MicroPythonHost>(
  load: () => Promise<Host>,
  options: TraceableOptions = {},
): Promise<Host> {
  const loaded = previous.then(() => new Loading(load, options).host());
  previous = loaded.catch(() => undefined);
  return loaded;
}

type Loaded<Host> = {
  readonly host: Host;
  readonly exports: MicroPythonExports;
  readonly module: WasmModule;
};

class Loading<Host extends MicroPythonHost> {
  readonly #load: () => Promise<Host>;
  readonly #options: TraceableOptions;

  constructor(load: () => Promise<Host>, options: TraceableOptions) {
    this.#load = load;
    this.#options = options;
  }

  async host(): Promise<Host> {
    try {
      return await this.#tried();
    } catch (error) {
      if (error instanceof TracemallocError && error.code === 'unsupported-host') throw error;
      const reason = errorText(error);
      throw new TracemallocError(
        'unsupported-host',
        `this MicroPython can't be traced: ${reason}`,
        { reason },
      );
    }
  }

  async #tried(): Promise<Host> {
    const first = await this.#rewritten((module) => {
      const points = knownHookPoints(module);
      return points === null ? candidates(module) : Object.values(points);
    });
    const known = knownHookPoints(first.module);
    const problem = known === null ? null : this.#problemOf(first, known);
    if (known !== null && problem === null) return first.host;
    this.#options.onWarning?.(
      `this build of MicroPython is not known${problem === null ? '' : ` (${problem})`}: what it calls is found out by running it`,
    );
    const scratch = known === null ? first : await this.#rewritten(candidates);
    const points = discover(scratch.host, scratch.exports, scratch.module);
    const second = await this.#rewritten(() => Object.values(points));
    const remaining = this.#problemOf(second, points);
    if (remaining !== null) throw new RangeError(remaining);
    return second.host;
  }

  /** Keeps the instance where the self-test finds nothing. */
  #problemOf({ host, exports }: Loaded<Host>, points: HookPoints): string | null {
    let first: string | null = null;
    for (const layout of layouts) {
      const instance = { exports, points, layout };
      const problem = problemOf(host, instance);
      if (problem === null) {
        keepInstance(host, instance);
        return null;
      }
      first ??= problem;
    }
    return first;
  }

  /** Loads with functions that can be replaced. */
  async #rewritten(functionsOf: (module: WasmModule) => readonly number[]): Promise<Loaded<Host>> {
    let seen: Pick<Loaded<Host>, 'exports' | 'module'> | null = null;
    const restore = rewritingEngine((bytes) => {
      const module = readWasmModule(bytes);
      if (module.indexOf('mp_js_init') < 0) return null;
      return {
        bytes: rewriteWasm(bytes, { functions: [...new Set(functionsOf(module))] }),
        instantiated: (exports) => {
          seen = { exports: exports as MicroPythonExports, module };
        },
      };
    });
    let host: Host;
    try {
      host = await this.#load();
    } finally {
      restore();
    }
    const { exports, module } = (seen ?? {}) as Partial<Loaded<Host>>;
    if (exports === undefined || module === undefined || typeof host?.runPython !== 'function') {
      throw new TypeError(
        'what was to load it has instantiated none, or gave something else than loadMicroPython does',
      );
    }
    return { host, exports, module };
  }
}

function problemOf(host: MicroPythonHost, instance: TraceableInstance): string | null {
  try {
    return selfTest(host, instance);
  } catch (error) {
    return errorText(error);
  }
}
