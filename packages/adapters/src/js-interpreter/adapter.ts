import { type Bytes, TracemallocError, type Tracer } from '@tracemalloc/core';
import { type Collector, ObjectTracker, PulledStack } from '../callbacks/index.ts';
import {
  type Adapter,
  type AdapterCaps,
  attachOrRestore,
  checkOptions,
  describeAdapter,
  type GuestLabels,
  type Restorer,
} from '../contract/index.ts';
import {
  type HostStack,
  type NativeFrames,
  nativeFramesRule,
  nativeStack,
} from '../host-frames/index.ts';
import { StackWalk } from './frames/stack-walk.ts';
import { StateLabels } from './frames/state-labels.ts';
import type { GuestObject, JsInterpreter } from './host.ts';
import { sizeOf } from './objects/sizes.ts';
import { TypeNames } from './objects/type-names.ts';
import { type SelfTestResult, selfTest } from './self-test.ts';

/** What `attachJsInterpreter` may be told. */
export type JsInterpreterAttachOptions = {
  /** How to see frees at once: `nodeCollector()` of `./callbacks/node`. Without: between turns. */
  readonly collector?: Collector | null;
  /** Bytes of a guest's object; by default 64 and 16 for each property. */
  readonly sizeOf?: (object: object) => Bytes;
  /**
   * Whether stacks have the interpreter's own functions, of files that begin with `js:js-interpreter`, above the guest's frames. Default
   * false. Cost: some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/**
 * An adapter of one interpreter. `tracebackOf` takes a guest's object as the interpreter has it.
 * `failures` count for objects that were not recorded, or lack frames or a size.
 */
export type JsInterpreterAdapter = Adapter & {
  /** How the guest's module labels what is allocated. */
  readonly labels: GuestLabels;
};

const attached = new WeakSet<object>();

/** What an interpreter must have to be traced: all of it is used. */
const members = {
  stateStack: 'object',
  globalObject: 'object',
  ARRAY_PROTO: 'object',
  FUNCTION_PROTO: 'object',
  createObjectProto: 'function',
  parse_: 'function',
  appendCode: 'function',
  run: 'function',
} as const;

/**
 * Traces what one interpreter of Neil Fraser's JS-Interpreter allocates, best before its program runs: objects of before
 * are not known. Strings and numbers of the guest are the engine's own, and are not seen.
 *
 * @param host An `Interpreter`.
 * @throws TypeError or RangeError for options that are none; TracemallocError `misuse` when an adapter
 *   is attached already; `unsupported-host` when it is no such interpreter, or makes its objects otherwise.
 */
export function attachJsInterpreter(
  host: object,
  tracer: Tracer,
  options: JsInterpreterAttachOptions = {},
): JsInterpreterAdapter {
  checkOptions('attachJsInterpreter', options, {
    collector: 'object or null',
    sizeOf: 'function',
    nativeFrames: nativeFramesRule,
    onWarning: 'function',
  });
  return attachOrRestore('this interpreter', (restorer) => {
    const interpreter = checkHost(host);
    if (attached.has(interpreter)) {
      throw new TracemallocError(
        'misuse',
        'an adapter is attached to this interpreter already: detach it first',
      );
    }
    const test = selfTest(interpreter);
    attached.add(interpreter);
    restorer.add(() => attached.delete(interpreter));
    if (test.problem !== null)
      options.onWarning?.(`frames are off: the self-test found ${test.problem}`);
    const native = nativeStack(options, tracer, {
      nameOf: fileName,
      file: 'js:js-interpreter',
      allocator: 'createObjectProto',
    });
    const parts = { ...options, test, restorer, host: native };
    const connection = new Connection(interpreter, tracer, parts);
    const { caps } = connection;
    tracer.setMetadata(
      describeAdapter('js-interpreter', '@tracemalloc/adapters/js-interpreter', 'model', caps),
    );
    return connection;
  });
}

function checkHost(host: object): JsInterpreter {
  const found = host as Record<string, unknown> | null | undefined;
  const missing = Object.entries(members)
    .filter(([name, kind]) => found?.[name] === null || typeof found?.[name] !== kind)
    .map(([name]) => name);
  if (missing.length === 0) return host as JsInterpreter;
  throw new TracemallocError(
    'unsupported-host',
    `the host must be an Interpreter of js-interpreter: this one has no ${missing.join(', ')}`,
    { missing: missing.join(', ') },
  );
}

/** The package is one file, and may be bundled with others. */
function fileName(file: string): string | null {
  return /js-interpreter|acorn_interpreter|[\\/]interpreter\.js$/.test(file)
    ? 'js:js-interpreter'
    : null;
}

type Parts = JsInterpreterAttachOptions & {
  readonly test: SelfTestResult;
  readonly restorer: Restorer;
  readonly host: HostStack | null;
};

/** What hangs on an interpreter while an adapter is attached. */
class Connection implements JsInterpreterAdapter {
  readonly tracer: Tracer;
  readonly caps: AdapterCaps;
  readonly labels: StateLabels;
  readonly #walk: StackWalk;
  readonly #stack: PulledStack;
  readonly #tracker: ObjectTracker;
  readonly #names: TypeNames;
  readonly #restorer: Restorer;
  #suspended = 0;
  #failures = 0;

  constructor(
    interpreter: JsInterpreter,
    tracer: Tracer,
    { collector = null, sizeOf: measure = sizeOf, test, restorer, host }: Parts,
  ) {
    this.tracer = tracer;
    this.#restorer = restorer;
    this.#walk = new StackWalk(interpreter, tracer);
    this.labels = new StateLabels(interpreter, tracer);
    const walk = (frames: Int32Array, limit: number): number =>
      test.hasFrames ? this.#walk.walk(frames, limit) : 0;
    this.#stack = new PulledStack(tracer, walk, host);
    const options = { name: 'js-interpreter', sizeOf: measure, collector };
    this.#tracker = new ObjectTracker(tracer, this.#stack, options);
    restorer.add(() => this.#tracker.detach());
    this.#names = new TypeNames(interpreter);
    this.caps = {
      frees: this.#tracker.liveness,
      sizes: 'modelled',
      lines: test.hasFrames ? 'exact' : 'none',
      ...(test.hasFrames ? {} : { missing: ['frames'] }),
    };
    restorer.replace(interpreter, 'createObjectProto', (create) => {
      return (prototype) => {
        const object = create.call(interpreter, prototype);
        if (tracer.on && this.#suspended === 0) this.#made(object, prototype);
        return object;
      };
    });
    followTasks(interpreter, this.labels, restorer);
  }

  get failures(): number {
    return this.#failures + this.#stack.failures + this.#tracker.failures;
  }

  detach(): void {
    this.#restorer.restore();
  }

  [Symbol.dispose](): void {
    this.detach();
  }

  exclude<T>(work: () => T): T {
    this.#suspended++;
    try {
      return work();
    } finally {
      this.#suspended--;
    }
  }

  excludeFile(file: string): void {
    this.#walk.exclude(file);
  }

  settle(): void {
    this.#tracker.settle();
  }

  settleLater(): Promise<void> {
    return this.#tracker.settleLater();
  }

  tracebackOf(value: unknown): ReturnType<Adapter['tracebackOf']> {
    return typeof value === 'object' && value !== null ? this.#tracker.tracebackOf(value) : null;
  }

  /** Nothing is thrown into the guest. */
  #made(object: GuestObject, prototype: GuestObject | null): void {
    try {
      if (this.#walk.isLeftOut) return;
      this.labels.settle();
      this.#tracker.track(object, this.tracer.type(this.#names.of(prototype)));
    } catch {
      this.#failures++;
    }
  }
}

/** Tasks have the label of who makes them, where the interpreter has tasks. */
function followTasks(interpreter: JsInterpreter, labels: StateLabels, restorer: Restorer): void {
  const { createTask_, nextTask_ } = interpreter;
  if (typeof createTask_ !== 'function' || typeof nextTask_ !== 'function') return;
  const host = interpreter as Required<JsInterpreter>;
  restorer.replace(host, 'nextTask_', (next) => {
    return () => {
      const state = next.call(interpreter);
      if (state !== null) labels.beginTask(state);
      return state;
    };
  });
  restorer.replace(host, 'createTask_', (create) => {
    return (...values) => {
      const id = create.apply(interpreter, values);
      const task = interpreter.tasks?.find(({ pid }) => pid === id);
      if (task !== undefined) labels.madeTask(task.node);
      return id;
    };
  });
}
