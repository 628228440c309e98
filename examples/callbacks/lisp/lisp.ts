import { type Builtin, builtins } from './builtins.ts';
import { type Code, compileFile, op } from './compiler.ts';
import { Heap, type HeapObserver, nil, type Value } from './heap.ts';
import { LispError } from './reader.ts';

export type { Code };

/** A function that runs. */
type Call = {
  readonly code: Code;
  /** The block of its variables; nil for a file. */
  readonly environment: number;
  /** The stack below its values. */
  readonly base: number;
  at: number;
  line: number;
};

type Handler = { readonly calls: number; readonly height: number; readonly at: number };

/** The main program, or a coroutine: a stack of its own. */
type Context = {
  readonly id: number;
  readonly stack: Value[];
  readonly calls: Call[];
  readonly handlers: Handler[];
  /** Who waits for it; `null` for the main program and for what does not run. */
  resumer: Context | null;
};

/** Told what the interpreter does: all that an adapter needs. */
export type Observer = HeapObserver & {
  call(code: Code, line: number): void;
  line(code: Code, line: number): void;
  return(): void;
  /** An exception left calls behind: `depth` of them remain. */
  unwind(depth: number): void;
  /** Another context runs now; `resumer` waits for it. Context 0 is the main program. */
  switchTo(context: number, resumer: number | null): void;
  /** A coroutine was made. */
  coroutine(context: number): void;
  /** It is over, or nobody can resume it any more. */
  drop(context: number): void;
};

/** An interpreter: a heap, global variables, and a machine with a stack for each coroutine. */
export class Lisp {
  readonly heap: Heap;
  /** What `(print x)` says. */
  readonly printed: string[] = [];
  #observer: Observer | null = null;
  readonly #symbols: string[] = [];
  readonly #globalNames: string[] = [];
  readonly #globals: Value[] = [];
  readonly #builtins = new Map<Value, Builtin>();
  readonly #codes: Code[] = [];
  readonly #contexts = new Map<number, Context>();
  #nextContext = 1;
  #current: Context = newContext(0);

  constructor(bytes = 1 << 20) {
    this.heap = new Heap(
      bytes,
      (mark, block) => this.#markRoots(mark, block),
      (block) => this.#forget(this.#contextOf(block)),
    );
    for (const [name, builtin] of Object.entries(builtins)) {
      const symbol = this.symbol(name);
      this.#globals[this.global(name)] = symbol;
      this.#builtins.set(symbol, builtin);
    }
    this.#globals[this.global('t')] = this.symbol('t');
  }

  get observer(): Observer | null {
    return this.#observer;
  }

  set observer(observer: Observer | null) {
    this.#observer = observer;
    this.heap.observer = observer;
  }

  symbol(name: string): Value {
    const index = this.#symbols.indexOf(name);
    return (index >= 0 ? index : this.#symbols.push(name) - 1) * 8 + 2;
  }

  global(name: string): number {
    const index = this.#globalNames.indexOf(name);
    return index >= 0 ? index : this.#globalNames.push(name) - 1;
  }

  code(code: Code): number {
    return this.#codes.push(code) - 1;
  }

  /** Runs a file. @throws LispError for mistakes in it and for what it throws. */
  run(source: string, file: string): Value {
    const code = compileFile(source, file, this);
    this.#observer?.call(code, code.line);
    this.#enter(code, nil);
    return this.#run();
  }

  text(value: Value): string {
    if ((value & 1) === 1) return String(value >> 1);
    if ((value & 7) === 2) return this.#symbols[value >> 3]!;
    if (!this.heap.isBlock(value, 'pair')) return value === nil ? '()' : this.heap.kindOf(value);
    const items: string[] = [];
    for (let rest = value; this.heap.isBlock(rest, 'pair'); rest = this.heap.get(rest, 1)) {
      items.push(this.text(this.heap.get(rest, 0)));
    }
    return `(${items.join(' ')})`;
  }

  /** Keeps a value alive until {@link release}, for builtins that allocate more than once. */
  keep(value: Value): void {
    this.#current.stack.push(value);
  }

  release(): void {
    this.#current.stack.pop();
  }

  /** A coroutine of a function without parameters. */
  newCoroutine(closure: Value): Value {
    if (!this.heap.isBlock(closure, 'closure')) throw new LispError('a coroutine needs a lambda');
    const block = this.heap.alloc('coroutine', 2);
    const context = newContext(this.#nextContext++);
    context.stack.push(closure);
    this.#contexts.set(context.id, context);
    this.heap.set(block, 0, context.id * 2 + 1);
    this.#observer?.coroutine(context.id);
    return block;
  }

  /** The coroutine goes on, and `value` is what its `(yield …)` gives. */
  resume(coroutine: Value, value: Value): void {
    const context = this.#contextOf(coroutine);
    if (context === undefined) throw new LispError('the coroutine is over');
    if (context === this.#current || context.resumer !== null) throw new LispError('it runs');
    context.resumer = this.#current;
    this.#switchTo(context);
    if (context.calls.length > 0) context.stack.push(value);
    else this.#call(0);
  }

  /** The coroutine waits, and `value` is what its `(resume …)` gives. */
  yield(value: Value): void {
    const { resumer } = this.#current;
    if (resumer === null) throw new LispError('nothing to yield to: this is no coroutine');
    this.#current.resumer = null;
    this.#switchTo(resumer);
    resumer.stack.push(value);
  }

  #switchTo(context: Context): void {
    this.#current = context;
    this.#observer?.switchTo(context.id, context.resumer?.id ?? null);
  }

  #contextOf(coroutine: Value): Context | undefined {
    if (!this.heap.isBlock(coroutine, 'coroutine')) return undefined;
    return this.#contexts.get(this.heap.get(coroutine, 0) >> 1);
  }

  #markRoots(mark: (value: Value) => void, block?: number): void {
    if (block !== undefined) {
      const suspended = this.#contextOf(block);
      if (suspended !== undefined) markContext(suspended, mark);
      return;
    }
    for (const value of this.#globals) if (value !== undefined) mark(value);
    for (let at: Context | null = this.#current; at !== null; at = at.resumer)
      markContext(at, mark);
  }

  #run(): Value {
    for (;;) {
      try {
        while (this.#step());
        return this.#current.stack.pop()!;
      } catch (error) {
        if (!(error instanceof LispError)) throw error;
        this.#unwind(error);
      }
    }
  }

  /** One instruction. @returns false after the last one of the main program. */
  #step(): boolean {
    const context = this.#current;
    const { stack } = context;
    const call = context.calls.at(-1)!;
    const { instructions, lines } = call.code;
    const at = call.at;
    const line = lines[at / 3]!;
    if (line !== call.line) {
      call.line = line;
      this.#observer?.line(call.code, line);
    }
    const a = instructions[at + 1]!;
    const b = instructions[at + 2]!;
    call.at = at + 3;
    switch (instructions[at]) {
      case op.constant:
        stack.push(a);
        break;
      case op.local:
        stack.push(this.heap.get(this.#environment(call, a), 1 + b));
        break;
      case op.setLocal:
        this.heap.set(this.#environment(call, a), 1 + b, stack.at(-1)!);
        break;
      case op.global:
        stack.push(this.#global(a));
        break;
      case op.setGlobal:
        this.#globals[a] = stack.at(-1)!;
        break;
      case op.closure: {
        const closure = this.heap.alloc('closure', 2);
        this.heap.set(closure, 0, a * 2 + 1);
        this.heap.set(closure, 1, call.environment);
        stack.push(closure);
        break;
      }
      case op.call:
        this.#call(a);
        break;
      case op.jumpIfNil:
        if (stack.pop() === nil) call.at = a;
        break;
      case op.jump:
        call.at = a;
        break;
      case op.drop:
        stack.pop();
        break;
      case op.try:
        context.handlers.push({ calls: context.calls.length, height: stack.length, at: a });
        break;
      case op.endTry:
        context.handlers.pop();
        stack.splice(-2, 1);
        call.at = a;
        break;
      default:
        return this.#return(context, call);
    }
    return true;
  }

  #return({ stack, calls, resumer }: Context, call: Call): boolean {
    const value = stack.pop()!;
    stack.length = call.base;
    calls.pop();
    this.#observer?.return();
    if (calls.length > 0 || resumer === null) stack.push(value);
    else {
      this.#finish(resumer);
      resumer.stack.push(value);
    }
    return calls.length > 0 || resumer !== null;
  }

  #environment({ environment }: Call, depth: number): number {
    let block = environment;
    for (let i = 0; i < depth; i++) block = this.heap.get(block, 0);
    return block;
  }

  #global(index: number): Value {
    const value = this.#globals[index];
    if (value === undefined) throw new LispError(`not defined: ${this.#globalNames[index]}`);
    return value;
  }

  /** To the nearest handler, which may be a resumer's. @throws the error when there is none. */
  #unwind(error: LispError): void {
    for (;;) {
      const { stack, calls, handlers, resumer } = this.#current;
      const handler = handlers.pop();
      calls.length = handler?.calls ?? 0;
      stack.length = handler?.height ?? 0;
      this.#observer?.unwind(calls.length);
      if (handler !== undefined) {
        calls.at(-1)!.at = handler.at;
        stack.push(this.symbol(error.message));
        return;
      }
      if (resumer === null) throw error;
      this.#finish(resumer);
    }
  }

  /** The current coroutine is over. */
  #finish(resumer: Context): void {
    const over = this.#current;
    this.#switchTo(resumer);
    this.#forget(over);
  }

  #forget(context: Context | undefined): void {
    if (context === undefined || !this.#contexts.delete(context.id)) return;
    this.#observer?.drop(context.id);
  }

  #enter(code: Code, environment: number): void {
    const { calls, stack } = this.#current;
    calls.push({ code, environment, base: stack.length, at: 0, line: code.line });
  }

  /** Calls what lies below `count` arguments on the stack. */
  #call(count: number): void {
    const { stack } = this.#current;
    const callee = stack.at(-1 - count)!;
    const builtin = this.#builtins.get(callee);
    if (builtin !== undefined) {
      const height = stack.length - count - 1;
      const result = builtin(this, stack.slice(height + 1));
      stack.length = height;
      // What switches contexts gives its value later.
      if (result !== undefined) stack.push(result);
      return;
    }
    if (!this.heap.isBlock(callee, 'closure'))
      throw new LispError(`not a function: ${this.text(callee)}`);
    const code = this.#codes[this.heap.get(callee, 0) >> 1]!;
    if (code.parameters !== count) {
      throw new LispError(`${code.name} takes ${code.parameters} arguments, got ${count}`);
    }
    this.#observer?.call(code, code.line);
    const environment = this.heap.alloc('environment', 1 + code.slots);
    this.heap.set(environment, 0, this.heap.get(callee, 1));
    for (let i = 0; i < count; i++) this.heap.set(environment, 1 + i, stack.at(i - count)!);
    stack.length -= count + 1;
    this.#enter(code, environment);
  }
}

function newContext(id: number): Context {
  return { id, stack: [], calls: [], handlers: [], resumer: null };
}

function markContext({ stack, calls }: Context, mark: (value: Value) => void): void {
  for (const value of stack) mark(value);
  for (const { environment } of calls) mark(environment);
}
