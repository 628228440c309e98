import { ShadowStack, TracemallocError, type Tracer } from '@tracemalloc/core';
import { CAllocator, type CFunctions, type TracebackSource } from '../callbacks/index.ts';
import {
  type Adapter,
  type AdapterCaps,
  attachOrRestore,
  checkOptions,
  describeAdapter,
} from '../contract/index.ts';
import {
  exportedNames,
  type HostStack,
  isWasm,
  type NativeFrames,
  nativeFramesRule,
  nativeStack,
} from '../host-frames/index.ts';
import { type ReplaceableFunction, replaceableFunctions } from './replaceable.ts';
import type { WasmExports } from './web-assembly.ts';

/** What `attachWasmHeap` may be told. */
export type WasmHeapOptions = {
  /** A name for people, and the host in snapshots: `sqlite`. Default `wasm`. */
  readonly name?: string;
  /**
   * What `malloc` and its like were asked for as, where that is not their name:
   * `{ malloc: 'Ia', free: 'Ja' }`. Only these are traced then.
   */
  readonly functions?: { readonly [name in keyof CFunctions]?: string };
  /**
   * Where frames come from: a `ShadowStack` that the host pushes to around its calls, or a `PulledStack` that
   * reads them from the guest's memory. Default: none, so that labels alone tell blocks apart.
   */
  readonly stack?: TracebackSource;
  /**
   * Whether stacks have the module's own functions, of the file `wasm:` and the name, above the frames of `stack`. Default false.
   * Cost: some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
  /** What is known of a frame's line: default `function`, for frames that are names. */
  readonly lines?: AdapterCaps['lines'];
};

/** An adapter of the heap of one WASM instance. `tracebackOf` takes the address of a block. */
export type WasmHeapAdapter = Pick<
  Adapter,
  'tracer' | 'caps' | 'detach' | 'exclude' | 'tracebackOf' | typeof Symbol.dispose
>;

type Role = keyof CFunctions;
type Call = (a: number, b: number) => number;

const roles: readonly Role[] = ['malloc', 'calloc', 'realloc', 'free'];
const attached = new WeakSet<WasmExports>();

/**
 * Traces the C heap of one instance of a module that `rewriteWasm` made of the original, with `malloc`, `free` and what there is of
 * `calloc` and `realloc` among its `functions`. It sees what C code asks for; what a
 * language in that code makes of it, in arenas of its own, it doesn't.
 *
 * @param exports `instance.exports`.
 * @throws TypeError or RangeError for options that are none; TracemallocError `misuse` when an adapter is
 *   attached already, `unsupported-host` when the module was not rewritten, or has no malloc or free that could be replaced.
 */
export function attachWasmHeap(
  exports: WasmExports,
  tracer: Tracer,
  options: WasmHeapOptions = {},
): WasmHeapAdapter {
  checkOptions('attachWasmHeap', options, {
    name: 'string',
    functions: 'object',
    stack: 'object',
    nativeFrames: nativeFramesRule,
    onWarning: 'function',
    lines: ['exact', 'statement', 'call', 'function', 'none'],
  });
  const { name = 'wasm', lines = 'function' } = options;
  return attachOrRestore('this WASM instance', (restorer) => {
    const functions = heapFunctions(exports, options.functions);
    if (attached.has(exports)) {
      throw new TracemallocError(
        'misuse',
        'an adapter is attached to this WASM instance already: detach it first',
      );
    }
    attached.add(exports);
    restorer.add(() => attached.delete(exports));
    const stack = options.stack ?? new ShadowStack(tracer);
    const native = nativeStack(options, tracer, {
      nameOf: (file) => (isWasm(file) ? `wasm:${name}` : null),
      file: `wasm:${name}`,
      functions: namesOf(exports, options.functions),
    });
    let running: Role = 'malloc';
    const source = native === null ? stack : withNative(stack, native, () => running);
    const heap = new CAllocator(tracer, source, { name });
    const originals = Object.fromEntries([...functions].map(([role, one]) => [role, one.original]));
    const traced = heap.wrap(originals as CFunctions) as unknown as Record<Role, Call>;
    let excluded = 0;
    for (const [role, { original, replace }] of functions) {
      const plain = role === 'realloc' ? movingAway(heap, original as Call) : (original as Call);
      // Frees count whoever calls them.
      const choose: Call = (a, b) => {
        running = role;
        return excluded === 0 ? traced[role](a, b) : plain(a, b);
      };
      restorer.add(replace(role === 'free' ? (traced.free as never) : (choose as never)));
    }
    const caps: AdapterCaps = { frees: 'exact', sizes: 'exact', lines };
    tracer.setMetadata(describeAdapter(name, '@tracemalloc/adapters/wasm', 'exact', caps));
    return {
      tracer,
      caps,
      detach: () => restorer.restore(),
      [Symbol.dispose]: () => restorer.restore(),
      exclude(work) {
        excluded++;
        try {
          return work();
        } finally {
          excluded--;
        }
      },
      tracebackOf: (address) =>
        typeof address === 'number' ? tracer.getTraceback(0, address >>> 0) : null,
    };
  });
}

/** What it exports, and the functions of the heap by what they do. */
function namesOf(
  exports: WasmExports,
  named: WasmHeapOptions['functions'] = {},
): Map<number, string> {
  const roleOf = new Map(Object.entries(named).map(([role, name]) => [name, role]));
  const names = exportedNames(exports);
  for (const [index, name] of names) names.set(index, roleOf.get(name) ?? name);
  return names;
}

/** The stack with the module's functions, the newest of them the one that runs. */
function withNative(
  stack: TracebackSource,
  native: HostStack,
  running: () => Role,
): TracebackSource {
  return { traceback: () => native.onto(stack.traceback(), native.allocator(running())) };
}

/** What moves a block while nothing is recorded takes it out of the record. */
function movingAway(heap: CAllocator, realloc: Call): Call {
  return (from, size) => {
    const to = realloc(from, size);
    if (to !== 0 || size === 0) heap.free(from);
    return to;
  };
}

/** The functions of a heap that can be replaced, by what they are. */
function heapFunctions(
  exports: WasmExports,
  named: WasmHeapOptions['functions'],
): Map<Role, ReplaceableFunction> {
  const replaceable = replaceableFunctions(exports);
  const found = new Map<Role, ReplaceableFunction>();
  for (const role of roles) {
    const name = named === undefined ? role : named[role];
    const one = name === undefined ? undefined : replaceable.get(name);
    if (one === undefined) {
      if (named?.[role] === undefined && role !== 'malloc' && role !== 'free') continue;
      const known = [...replaceable.keys()].join(', ');
      throw new TracemallocError(
        'unsupported-host',
        `${role} can't be replaced: rewriteWasm was to be asked for ${JSON.stringify(name ?? role)} among its functions, and made these replaceable: ${known}`,
      );
    }
    if (one.signature !== signatures[role]) {
      throw new TracemallocError(
        'unsupported-host',
        `${JSON.stringify(one.name)} can't be ${role}: its types are ${one.signature}, and those of ${role} ${signatures[role]}`,
      );
    }
    found.set(role, one);
  }
  return found;
}

const signatures: Readonly<Record<Role, string>> = {
  malloc: 'i:i',
  calloc: 'ii:i',
  realloc: 'ii:i',
  free: 'i:',
};
