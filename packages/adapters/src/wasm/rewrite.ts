import { checkOptions } from '../contract/index.ts';
import { ByteReader, concat, damaged, unsigned } from './bytes.ts';
import { HeadRewriter, isOfHead, type Replaced, type Wish } from './head.ts';
import { checkMagic, readWasmModule } from './module.ts';
import { type Section, section } from './sections.ts';

/** What `rewriteWasm` may be told. */
export type RewriteOptions = {
  /**
   * Functions that are to call out, by export, by name in the module's name section (not where it comes
   * as a stream: that section is last), or by index. Until they are replaced they do what they did.
   */
  readonly functions?: readonly (string | number)[];
  /** A name under which to export the module's first table, which may then grow. */
  readonly exportTable?: string;
};

/**
 * A copy of a module in which chosen functions can be replaced from JavaScript ({@link
 * replaceableFunctions}), and whose table is exported. No function, type or table changes its number, so
 * that whoever loads the module notices nothing but the exports that are added. Code that calls one of the functions,
 * directly or by a pointer, calls what it was replaced by.
 *
 * @throws RangeError for a function that there is not, or that is imported; TracemallocError `corrupt`
 *   for bytes that are no module, `misuse` for one that was rewritten, `unsupported` for what can't be.
 *   Cost: a copy, some 25 ms for each MB; 3 instructions for each call of a chosen function that is not replaced.
 */
export function rewriteWasm(bytes: Uint8Array, options: RewriteOptions): Uint8Array<ArrayBuffer> {
  const { functions, exportTable } = wishOf('rewriteWasm', options);
  const module = functions.some((one) => typeof one === 'string') ? readWasmModule(bytes) : null;
  const indices = functions.map((one) => {
    const index = typeof one === 'string' ? module!.indexOf(one) : -1;
    return index < 0 ? one : { index, name: String(one) };
  });
  const output = new Rewriting({ functions: indices, exportTable });
  return concat([...output.push(bytes), ...output.end()]);
}

/**
 * The same for a module that is still on its way:
 * `WebAssembly.compileStreaming(new Response(response.body.pipeThrough(rewritingStream(options)), { headers }))`.
 * Nothing but what stands before the code is held back. Errors are those of `rewriteWasm`, of the stream.
 */
export function rewritingStream(
  options: RewriteOptions,
): TransformStream<Uint8Array, Uint8Array<ArrayBufferLike>> {
  const rewriting = new Rewriting(wishOf('rewritingStream', options));
  return new TransformStream({
    transform(chunk, controller) {
      for (const part of rewriting.push(chunk)) controller.enqueue(part);
    },
    flush(controller) {
      for (const part of rewriting.end()) controller.enqueue(part);
    },
  });
}

function wishOf(call: string, options: RewriteOptions): Wish {
  checkOptions(call, options, { functions: 'object', exportTable: 'string' });
  return { functions: options.functions ?? [], exportTable: options.exportTable ?? null };
}

/** Takes a module in pieces and gives another one in pieces. */
class Rewriting {
  readonly #wish: Wish;
  readonly #parts: Uint8Array[] = [];
  readonly #steps: Generator<void, void>;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Bytes that went by, for messages. */
  #passed = 0;
  #isLast = false;

  constructor(wish: Wish) {
    this.#wish = wish;
    this.#steps = this.#module();
  }

  push(chunk: Uint8Array): Uint8Array[] {
    this.#bytes = this.#left === 0 ? chunk : concat([this.#bytes.subarray(this.#at), chunk]);
    this.#at = 0;
    this.#steps.next();
    return this.#parts.splice(0);
  }

  end(): Uint8Array[] {
    this.#isLast = true;
    this.#steps.next();
    return this.#parts.splice(0);
  }

  get #left(): number {
    return this.#bytes.length - this.#at;
  }

  *#module(): Generator<void, void> {
    const magic = yield* this.#take(8);
    checkMagic(magic);
    this.#parts.push(magic);
    const head: Section[] = [];
    let replaced: readonly Replaced[] | null = null;
    const writeHead = (): readonly Replaced[] => {
      const written = new HeadRewriter(head, this.#wish).rewrite();
      this.#parts.push(written.bytes);
      return written.replaced;
    };
    while (yield* this.#hasMore()) {
      const [id] = yield* this.#take(1);
      const size = yield* this.#u32();
      const canHold = replaced === null && (isOfHead(id!) || id === section.custom);
      if (canHold) {
        head.push({ id: id!, payload: yield* this.#take(size) });
        continue;
      }
      if (isOfHead(id!)) throw damaged(`section ${id} comes too late`, this.#passed);
      replaced ??= writeHead();
      if (id === section.code && replaced.length > 0) yield* this.#code(size, replaced);
      else {
        this.#parts.push(Uint8Array.from([id!, ...unsigned(size)]));
        yield* this.#pass(size);
      }
    }
    if (replaced === null) replaced = writeHead();
    if (replaced.length > 0 && !this.#sawCode) throw damaged('it has no code', this.#passed);
  }

  #sawCode = false;

  *#code(size: number, replaced: readonly Replaced[]): Generator<void, void> {
    this.#sawCode = true;
    const start = this.#passed;
    const count = yield* this.#u32();
    const more = unsigned(count + replaced.length);
    const byBody = new Map(replaced.map((one) => [one.body, one]));
    // Bodies only move: beside the trampolines, and the number of bodies, nothing is new.
    const rest = size - (this.#passed - start);
    const extra = replaced.reduce((sum, { trampoline }) => sum + trampoline.length, more.length);
    this.#parts.push(Uint8Array.from([section.code, ...unsigned(rest + extra), ...more]));
    const moved = new Map<Replaced, Uint8Array>();
    for (let body = 0; body < count; body++) {
      const before = this.#passed;
      const length = yield* this.#u32();
      const prefix = this.#passed - before;
      const one = byBody.get(body);
      if (one === undefined) {
        this.#parts.push(this.#bytes.subarray(this.#at - prefix, this.#at));
        yield* this.#pass(length);
      } else {
        // Its size as it was written, which need not be the shortest way.
        const announced = this.#bytes.slice(this.#at - prefix, this.#at);
        moved.set(one, concat([announced, yield* this.#take(length)]));
        this.#parts.push(one.trampoline);
      }
    }
    for (const one of replaced) {
      const body = moved.get(one);
      if (body === undefined) throw damaged('a function has no code', this.#passed);
      this.#parts.push(body);
    }
    if (this.#passed - start !== size) {
      throw damaged(`its code is ${this.#passed - start} bytes where ${size} are announced`, start);
    }
  }

  *#hasMore(): Generator<void, boolean> {
    while (this.#left === 0) {
      if (this.#isLast) return false;
      yield;
    }
    return true;
  }

  *#take(length: number): Generator<void, Uint8Array> {
    while (this.#left < length) {
      if (this.#isLast)
        throw damaged(`${length} bytes are announced where ${this.#left} follow`, this.#passed);
      yield;
    }
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    this.#passed += length;
    return bytes;
  }

  *#u32(): Generator<void, number> {
    let length = 1;
    for (;;) {
      while (this.#left < length) {
        if (this.#isLast) throw damaged('it ends in a number', this.#passed);
        yield;
      }
      if (this.#bytes[this.#at + length - 1]! < 0x80 || length === 5) break;
      length++;
    }
    return new ByteReader(yield* this.#take(length)).u32();
  }

  /** Hands bytes on as they come. */
  *#pass(length: number): Generator<void, void> {
    for (let left = length; left > 0; ) {
      if (!(yield* this.#hasMore())) {
        throw damaged(`${left} bytes are announced where none follow`, this.#passed);
      }
      const part = yield* this.#take(Math.min(left, this.#left));
      this.#parts.push(part);
      left -= part.length;
    }
  }
}
