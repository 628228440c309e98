import { attachWasmHeap, type WasmFunction, wasmFunction } from '@tracemalloc/adapters/wasm';
import { ShadowStack, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';

/** What instances of rewritten modules export, around functions of a heap that are JavaScript's. */
function heapExports(functions: Record<string, [signature: string, call: unknown]>) {
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 8 });
  const exports: Record<string, unknown> = { 'tracemalloc.table': table };
  const calls: Record<string, (...args: number[]) => number> = {};
  for (const [slot, [name, [signature, call]]] of Object.entries(functions).entries()) {
    const flag = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
    const original = wasmFunction(call as WasmFunction, signature);
    exports[`tracemalloc.function ${slot} ${signature} ${name}`] = original;
    exports[`tracemalloc.on ${slot}`] = flag;
    calls[name] = (...args) =>
      (flag.value === 1 ? table.get(slot) : original)(...(args as never[]));
  }
  return { exports, calls };
}

/** A heap that gives 8, 16, 24, … and has no room for more than 1000 bytes. */
function bumpHeap() {
  let next = 0;
  const malloc = (size: number): number => {
    if (size > 1000) return 0;
    next += 8;
    return next;
  };
  return heapExports({
    malloc: ['i:i', malloc],
    calloc: ['ii:i', (count: number, size: number) => malloc(count * size)],
    realloc: ['ii:i', (_: number, size: number) => (size === 0 ? 0 : malloc(size))],
    free: ['i:', () => undefined],
  });
}

test('every function of a heap is followed, with the frames of the stack', () => {
  const { exports, calls } = bumpHeap();
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  const adapter = attachWasmHeap(exports, tracer, { name: 'vm', stack, lines: 'exact' });
  tracer.start(5);
  const { malloc, calloc, realloc, free } = calls as Record<string, (...args: number[]) => number>;
  stack.enter(tracer.frame(tracer.string('a.vm'), 1, tracer.string('main')));
  const first = malloc!(100);
  const second = calloc!(3, 50);
  stack.line(tracer.frame(tracer.string('a.vm'), 2, tracer.string('main')));
  const third = realloc!(first, 200);
  const failed = [malloc!(2000), realloc!(third, 2000), calloc!(100, 100)];
  const last = malloc!(7);
  free!(last);
  free!(0);
  expect(failed).toEqual([0, 0, 0]);
  expect(tracer.takeSnapshot().statistics('lineno').map(String)).toEqual([
    'a.vm:2: size=200 B, count=1, average=200 B',
    'a.vm:1: size=150 B, count=1, average=150 B',
  ]);
  expect(String(adapter.tracebackOf(second))).toBe('a.vm:1');
  expect([adapter.tracebackOf(first), adapter.tracebackOf('x'), adapter.caps.lines]).toEqual([
    null,
    null,
    'exact',
  ]);
  realloc!(third, 0);
  free!(second);
  expect(tracer.getTracedMemory().current).toBe(0);
});

test('in what is excluded nothing is recorded, but what dies or moves there is gone', () => {
  const { exports, calls } = bumpHeap();
  const tracer = new Tracer();
  const { exclude } = attachWasmHeap(exports, tracer);
  tracer.start();
  const [a, b, c] = [1, 2, 3].map((size) => calls['malloc']!(size));
  exclude(() => {
    calls['malloc']!(50);
    calls['free']!(a!);
    calls['realloc']!(b!, 60);
    calls['realloc']!(c!, 2000);
  });
  expect(tracer.getTracedMemory()).toEqual({ current: 3, peak: 6 });
});

test('errors say what the heap lacks', () => {
  const { exports } = heapExports({
    a: ['i:i', () => 8],
    b: ['i:', () => undefined],
    c: ['j:', () => undefined],
  });
  const message = (functions: object | undefined, on = exports): string => {
    try {
      return String(attachWasmHeap(on, new Tracer(), functions && { functions }));
    } catch (error) {
      return String(error);
    }
  };
  const whole = bumpHeap().exports;
  attachWasmHeap(whole, new Tracer());
  expect([
    message(undefined),
    message({ malloc: 'a' }),
    message({ malloc: 'a', free: 'c' }),
    message({ malloc: 'a', free: 'b', realloc: 'd' }),
    message(undefined, whole),
    message(undefined, {}),
  ]).toEqual([
    'TracemallocError: malloc can\'t be replaced: rewriteWasm was to be asked for "malloc" among its functions, and made these replaceable: a, b, c',
    'TracemallocError: free can\'t be replaced: rewriteWasm was to be asked for "free" among its functions, and made these replaceable: a, b, c',
    'TracemallocError: "c" can\'t be free: its types are j:, and those of free i:',
    'TracemallocError: realloc can\'t be replaced: rewriteWasm was to be asked for "d" among its functions, and made these replaceable: a, b, c',
    'TracemallocError: an adapter is attached to this WASM instance already: detach it first',
    'TracemallocError: the WASM module was not rewritten: instantiate what rewriteWasm(bytes, { functions }) gives',
  ]);
});

test('stacks have the function of the heap that made a block, where they are asked for', () => {
  const { exports, calls } = bumpHeap();
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  const adapter = attachWasmHeap(exports, tracer, { name: 'vm', stack, nativeFrames: 'allocator' });
  tracer.start(5);
  const { malloc, calloc, realloc } = calls as Record<string, (...args: number[]) => number>;
  stack.enter(tracer.frame(tracer.string('a.vm'), 1, tracer.string('main')));
  const first = malloc!(100);
  calloc!(3, 50);
  realloc!(first, 200);
  const stacks = [...tracer.takeSnapshot().traces].map(({ size, traceback }) =>
    [size, ...traceback.frames.map((frame) => `${frame} ${frame.functionName}`)].join(' '),
  );
  expect(stacks.sort()).toEqual([
    '150 a.vm:1 main wasm:vm:0 calloc',
    '200 a.vm:1 main wasm:vm:0 realloc',
  ]);
  adapter.detach();
});
