import type { BrythonInternals, FrameCell, GuestClass, GuestFrame, GuestObject } from '../host.ts';
import { makeClass } from './native-class.ts';

type JsGenerator = Generator<unknown, unknown, unknown>;

/** A frame that was left in the middle of a call, and all that it had called. */
type Suspended = {
  js_gen: JsGenerator | null;
  $saved: GuestFrame[];
  $finished: boolean;
  $running: boolean;
};

type Coroutine = GuestObject &
  Suspended & {
    readonly $func: ((...args: unknown[]) => unknown) & { $function_infos?: readonly unknown[] };
    readonly $args: readonly unknown[];
    $sent: boolean;
  };

type AsyncGenerator = GuestObject & Suspended & { $frame?: GuestFrame; readonly $name: string };

/** What `asend` and its like give: something to await. */
type AsyncStep = GuestObject & {
  readonly generator: AsyncGenerator;
  readonly way: 'next' | 'throw';
  readonly value: unknown;
  readonly fallback?: unknown;
};

type Internals = BrythonInternals & {
  coroutine: GuestClass;
  async_generator: { $factory: unknown };
  readonly func_attrs: Readonly<Record<string, number>>;
  readonly function: GuestClass;
  readonly NULL: unknown;
  exact_type(value: unknown, guestClass: unknown): boolean;
  is_type(value: unknown): boolean;
  is_exc(error: unknown, classes: readonly unknown[]): boolean;
  init_dict(object: object): void;
  $getattr(object: unknown, name: string, fallback?: unknown): unknown;
  class_name(value: unknown): string;
  EXC(exception: unknown, ...args: unknown[]): GuestObject;
  RAISE(exception: unknown, ...args: unknown[]): never;
};

/** Coroutines of one Brython, as CPython's; see coroutine-code.ts for the code that they run. */
export class Coroutines {
  /** Whether what an asynchronous generator yields just now is an item, and nothing to wait for. */
  hasItem = false;
  readonly #$B: Internals;
  readonly #coroutine: GuestClass;
  readonly #asyncGenerator: GuestClass;
  readonly #asyncStep: GuestClass;

  constructor(brython: BrythonInternals) {
    const $B = brython as Internals;
    this.#$B = $B;
    const { None: none } = $B.builtins;
    const named = (self: Coroutine): unknown =>
      self.$func.$function_infos?.[$B.func_attrs['__name__'] ?? 1];
    this.#coroutine = makeClass($B, 'coroutine', 'builtins', {
      tp_repr: (self: Coroutine) => `<coroutine object ${String(named(self))}>`,
      tp_funcs: {
        send: (...args: unknown[]) =>
          // With nothing to send it is browser.aio that asks.
          args.length < 2 ? this.#promise(args[0] as Coroutine) : this.#send(args[0], args[1]),
        throw: (self: Coroutine, error: unknown, value?: unknown) =>
          this.#throw(self, this.#exceptionOf(error, value)),
        close: (self: Coroutine) => this.#close(self),
        __await__: (self: Coroutine) => self,
        __name___get: named,
        __qualname___get: named,
        cr_running_get: (self: Coroutine) => self.$running,
        cr_frame_get: (self: Coroutine) => self.$saved[0] ?? none,
      },
      tp_methods: ['send', 'throw', 'close', '__await__'],
      tp_getset: ['__name__', '__qualname__', 'cr_running', 'cr_frame'],
    });
    this.#asyncStep = makeClass($B, 'async_generator_asend', 'builtins', {
      tp_funcs: { __await__: (self: AsyncStep) => self },
      tp_methods: ['__await__'],
    });
    const step =
      (way: AsyncStep['way']) =>
      (generator: AsyncGenerator, value: unknown = none, ...rest: unknown[]): AsyncStep =>
        this.#step(generator, way, way === 'throw' ? this.#exceptionOf(value, rest[0]) : value);
    this.#asyncGenerator = makeClass($B, 'async_generator', 'builtins', {
      tp_repr: (self: AsyncGenerator) => `<async_generator object ${self.$name}>`,
      tp_funcs: {
        __aiter__: (self: AsyncGenerator) => self,
        __anext__: (self: AsyncGenerator) => this.#step(self, 'next', none),
        asend: step('next'),
        athrow: step('throw'),
        aclose: (self: AsyncGenerator) =>
          this.#step(self, 'throw', $B.EXC($B.builtins['GeneratorExit'], ''), none),
        __name___get: (self: AsyncGenerator) => self.$name,
      },
      tp_methods: ['__aiter__', '__anext__', 'asend', 'athrow', 'aclose'],
      tp_getset: ['__name__'],
    });
  }

  install(): void {
    const $B = this.#$B;
    $B.coroutine = this.#coroutine;
    $B['make_async'] = (func: Coroutine['$func']) => this.#makeAsync(func);
    $B.async_generator.$factory =
      (body: () => JsGenerator, name: string) => (): AsyncGenerator => ({
        ob_type: this.#asyncGenerator,
        js_gen: body(),
        $name: name,
        $saved: [],
        $finished: false,
        $running: false,
      });
    const { builtins } = $B as unknown as { builtins: Record<string, unknown> };
    builtins['anext'] = (iterator: unknown, ...fallback: unknown[]) => {
      const awaitable = $B.$call($B.$getattr(iterator, '__anext__'));
      if (fallback.length === 0 || !$B.exact_type(awaitable, this.#asyncStep)) return awaitable;
      return { ...(awaitable as AsyncStep), fallback: fallback[0] };
    };
  }

  /** `await value`. */
  *await(value: unknown): JsGenerator {
    const $B = this.#$B;
    if ($B.exact_type(value, this.#coroutine)) return yield* this.#bodyOf(value as Coroutine);
    if ($B.exact_type(value, this.#asyncStep)) return yield* this.#advance(value as AsyncStep);
    if (typeof (value as PromiseLike<unknown> | null)?.then === 'function') return yield value;
    const awaiter = $B.$getattr(value, '__await__', null);
    if (awaiter === null) {
      const name = $B.class_name(value);
      $B.RAISE($B.builtins['TypeError'], `'${name}' object can't be awaited`);
    }
    return yield* this.#delegate($B.$call(awaiter));
  }

  /** The body of a coroutine: Brython's own ones give a promise. */
  *#bodyOf(coroutine: Coroutine): JsGenerator {
    prepare(coroutine);
    if (coroutine.js_gen !== null || coroutine.$finished) {
      this.#$B.RAISE(this.#$B.builtins['RuntimeError'], 'cannot reuse already awaited coroutine');
    }
    coroutine.$sent = true;
    const started = coroutine.$func.apply(null, [...coroutine.$args]);
    if (!isGenerator(started)) return yield started;
    coroutine.js_gen = started;
    coroutine.$finished = true;
    return yield* started;
  }

  /** `yield from` an iterator of the guest's. */
  *#delegate(iterator: unknown): JsGenerator {
    const $B = this.#$B;
    const { None: none } = $B.builtins;
    const send = $B.$getattr(iterator, 'send', null);
    let resume = (): unknown => $B.$call($B.$getattr(iterator, '__next__'));
    for (;;) {
      let waits: unknown;
      try {
        waits = resume();
      } catch (error) {
        if (!$B.is_exc(error, [$B.builtins['StopIteration']])) throw error;
        return ((error as GuestObject)['value'] as unknown) ?? none;
      }
      try {
        const sent = yield waits;
        resume = () =>
          send === null || sent === none
            ? $B.$call($B.$getattr(iterator, '__next__'))
            : $B.$call(send, sent);
      } catch (error) {
        const raise = $B.$getattr(iterator, 'throw', null);
        if (raise === null) throw error;
        resume = () => $B.$call(raise, error);
      }
    }
  }

  #makeAsync(
    func: Coroutine['$func'] & { $is_genfunc?: boolean; $args_parser?: unknown },
  ): unknown {
    if (func.$is_genfunc) return func;
    const $B = this.#$B;
    const make = (...args: unknown[]): Coroutine => ({
      ob_type: this.#coroutine,
      $func: func,
      $args: args,
      js_gen: null,
      $saved: [],
      $finished: false,
      $running: false,
      $sent: true,
    });
    const { $function_infos, $args_parser } = func;
    const more = { ob_type: $B.function, $is_func: true, $is_async: true };
    Object.assign(make, more, { $function_infos, $args_parser });
    Object.assign(make, { __annotate__: (func as { __annotate__?: unknown }).__annotate__ });
    $B.init_dict(make);
    return make;
  }

  /** @returns what the coroutine waits for. Raises StopIteration at its end. */
  #send(self: unknown, value: unknown): unknown {
    const coroutine = self as Coroutine;
    const { None: none, TypeError: typeError } = this.#$B.builtins;
    if ((coroutine.js_gen ?? null) === null && value !== none) {
      this.#$B.RAISE(typeError, "can't send non-None value to a just-started coroutine");
    }
    const body = this.#started(coroutine);
    return this.#resume(coroutine, () => body.next(value));
  }

  #throw(coroutine: Coroutine, error: unknown): unknown {
    prepare(coroutine);
    if (coroutine.js_gen === null) {
      coroutine.$finished = true;
      throw error;
    }
    const body = this.#started(coroutine);
    return this.#resume(coroutine, () => body.throw(error));
  }

  #close(coroutine: Coroutine): unknown {
    const $B = this.#$B;
    const { None: none, GeneratorExit: exit, StopIteration: stop } = $B.builtins;
    if (coroutine.js_gen !== null && !coroutine.$finished) {
      try {
        this.#throw(coroutine, $B.EXC(exit, ''));
      } catch (error) {
        if (!$B.is_exc(error, [exit, stop])) throw error;
        return none;
      }
      $B.RAISE($B.builtins['RuntimeError'], 'coroutine ignored GeneratorExit');
    }
    coroutine.$finished = true;
    return none;
  }

  #started(coroutine: Coroutine): JsGenerator {
    const { builtins } = this.#$B;
    prepare(coroutine);
    if (coroutine.$finished) {
      this.#$B.RAISE(builtins['RuntimeError'], 'cannot reuse already awaited coroutine');
    }
    if (coroutine.$running) this.#$B.RAISE(builtins['ValueError'], 'coroutine already executing');
    coroutine.js_gen ??= this.#generatorOf(coroutine);
    return coroutine.js_gen;
  }

  #generatorOf({ $func, $args }: Coroutine): JsGenerator {
    const made = $func.apply(null, [...$args]);
    if (isGenerator(made)) return made;
    return (function* () {
      return yield made;
    })();
  }

  #resume(coroutine: Coroutine, go: () => IteratorResult<unknown, unknown>): unknown {
    const result = this.#onStack(coroutine, go);
    if (!result.done) return result.value;
    coroutine.$finished = true;
    return this.#$B.RAISE(
      this.#$B.builtins['StopIteration'],
      result.value ?? this.#$B.builtins.None,
    );
  }

  /** Does a piece of work on the frames that were left, and leaves again those that it is in then. */
  #onStack<Result extends IteratorResult<unknown, unknown>>(
    suspended: Suspended,
    go: () => Result,
  ): Result {
    const $B = this.#$B;
    const base = $B.frame_obj;
    for (const frame of suspended.$saved) $B.frame_obj = cellOn($B.frame_obj, frame);
    suspended.$saved = [];
    suspended.$running = true;
    try {
      const result = go();
      if (!result.done) suspended.$saved = framesAbove($B.frame_obj, base);
      return result;
    } catch (error) {
      suspended.$finished = true;
      throw error;
    } finally {
      suspended.$running = false;
      $B.frame_obj = base;
    }
  }

  /** Runs a coroutine between turns, by promises. */
  async #promise(coroutine: Coroutine): Promise<unknown> {
    const { StopIteration: stop, None: none } = this.#$B.builtins;
    let resume = (): unknown => this.#send(coroutine, none);
    for (;;) {
      let waits: unknown;
      try {
        waits = resume();
      } catch (error) {
        if (!this.#$B.is_exc(error, [stop])) throw error;
        return (error as GuestObject)['value'];
      }
      try {
        const value = await waits;
        resume = () => this.#send(coroutine, value);
      } catch (error) {
        resume = () => this.#throw(coroutine, error);
      }
    }
  }

  #step(
    generator: AsyncGenerator,
    way: AsyncStep['way'],
    value: unknown,
    fallback?: unknown,
  ): AsyncStep {
    const step = { ob_type: this.#asyncStep, generator, way, value };
    return fallback === undefined ? step : { ...step, fallback };
  }

  /** Runs an asynchronous generator to its next item. */
  *#advance({ generator, way, value, fallback }: AsyncStep): JsGenerator {
    const $B = this.#$B;
    const { StopAsyncIteration: stop, GeneratorExit: exit, None: none } = $B.builtins;
    const end = (): unknown => (fallback === undefined ? $B.RAISE(stop, '') : fallback);
    const body = generator.js_gen;
    if (body === null || generator.$finished) return end();
    if (way === 'next' && generator.$frame !== undefined) {
      generator.$saved = [generator.$frame];
      delete generator.$frame;
    }
    let go = (): IteratorResult<unknown, unknown> =>
      way === 'throw' ? body.throw(value) : body.next(value);
    for (;;) {
      let result: IteratorResult<unknown, unknown>;
      try {
        result = this.#onStack(generator, go);
      } catch (error) {
        if (fallback !== undefined && $B.is_exc(error, [exit, stop])) return none;
        throw error;
      }
      if (result.done) {
        generator.$finished = true;
        return end();
      }
      if (this.hasItem) {
        this.hasItem = false;
        return result.value;
      }
      try {
        const sent = yield result.value;
        go = () => body.next(sent);
      } catch (error) {
        go = () => body.throw(error);
      }
    }
  }

  /** What `throw(type)`, `throw(type, value)` and `throw(exception)` throw. */
  #exceptionOf(error: unknown, value: unknown): unknown {
    const { None: none } = this.#$B.builtins;
    if (!this.#$B.is_type(error)) return error;
    return value === undefined || value === none
      ? this.#$B.$call(error)
      : this.#$B.$call(error, value);
  }
}

/** Brython makes coroutines of its own, `browser.aio.sleep` for one. */
function prepare(coroutine: Coroutine): void {
  coroutine.js_gen ??= null;
  coroutine.$saved ??= [];
}

function isGenerator(value: unknown): value is JsGenerator {
  return Object.prototype.toString.call(value) === '[object Generator]';
}

function cellOn(prev: FrameCell | null, frame: GuestFrame): FrameCell {
  return { prev, frame, count: (prev?.count ?? 0) + 1 };
}

/** Frames of a stack down to one of its cells, oldest first. */
function framesAbove(top: FrameCell | null, base: FrameCell | null): GuestFrame[] {
  const frames: GuestFrame[] = [];
  for (let cell = top; cell !== null && cell !== base; cell = cell.prev) frames.unshift(cell.frame);
  return frames;
}
