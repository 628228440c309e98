import type { EmitBlock, TracebackRow, Tracer } from '@tracemalloc/core';
import type { Classes, ClassInfo } from '../classes.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import { visitKeptFrames } from '../frames/kept-frames.ts';
import type { SkulptObject } from '../host.ts';
import type { SizeModel } from '../sizes/measured.ts';
import { frameBytes, tracebackBytes } from '../sizes/unseen.ts';
import { bytesOfCells, stampOfCells } from './cells.ts';
import { bytesOfNames, stampOfNames } from './namespaces.ts';

/** What a walk is over, and how it is measured. */
export type Traced = {
  readonly tracer: Tracer;
  readonly classes: Classes;
  readonly stack: GuestStack;
  readonly sizes: SizeModel;
};

/** The blocks of what a walk reaches, each object told of once: with those that Skulpt has no objects for. */
export class BlockReport {
  readonly #tracer: Tracer;
  readonly #classes: Classes;
  readonly #stack: GuestStack;
  readonly #sizes: SizeModel;
  #emit: EmitBlock = () => undefined;
  #walk = 0;
  /** Frames that exceptions of this walk keep. */
  #frames = new Set<object>();

  constructor({ tracer, classes, stack, sizes }: Traced) {
    this.#tracer = tracer;
    this.#classes = classes;
    this.#stack = stack;
    this.#sizes = sizes;
  }

  begin(emit: EmitBlock, walk: number): void {
    this.#emit = emit;
    this.#walk = walk;
  }

  end(): void {
    this.#frames = new Set();
  }

  /** An object that bears a stamp of this session. */
  object(object: SkulptObject, stamp: number, info: ClassInfo): void {
    const { own, buffer, attributes } = this.#sizes.measure(object, info);
    const row = stamp - this.#stack.base;
    if (own > 0) this.#emit(own, row, info.type);
    if (buffer > 0) {
      const table = info.kind === 'set' ? (object.v as SkulptObject) : object;
      const grown = this.#stack.rowOf(table.$tmGrowth);
      this.#emit(buffer, grown < 0 ? row : grown, info.type);
    }
    if (attributes > 0) {
      const grown = this.#stack.rowOf((object.$d as SkulptObject).$tmGrowth);
      this.#emit(attributes, grown < 0 ? row : grown, info.type);
    }
    if (info.kind === 'function') this.#cells(object);
    else if (info.kind === 'exception') this.#keptFrames(object, row);
  }

  /** What may be the names of a module. */
  namespace(object: SkulptObject): void {
    const row = this.#stack.rowOf(stampOfNames(object));
    if (row >= 0) this.#emit(bytesOfNames(object), row, this.#classes.dict);
  }

  #keptFrames(exception: SkulptObject, row: TracebackRow): void {
    const { traceback, frame } = this.#classes;
    visitKeptFrames(exception, row, this.#tracer, (at, kept) => {
      this.#emit(tracebackBytes, at, traceback);
      if (kept === null || this.#frames.has(kept)) return;
      this.#frames.add(kept);
      this.#emit(frameBytes, at, frame);
    });
  }

  #cells(guestFunction: SkulptObject): void {
    const row = this.#stack.rowOf(stampOfCells(guestFunction));
    if (row < 0) return;
    const bytes = bytesOfCells(guestFunction, this.#walk);
    if (bytes > 0) this.#emit(bytes, row, this.#classes.cell);
  }
}
