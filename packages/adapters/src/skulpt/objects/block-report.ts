import type { Bytes, EmitBlock, Tracer, TypeRow } from '@tracemalloc/core';
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
    if (own > 0) this.#emitAt(stamp, own, info.type);
    if (buffer > 0) {
      const table = info.kind === 'set' ? (object.v as SkulptObject) : object;
      this.#emitAt(this.#grownAt(table, stamp), buffer, info.type);
    }
    if (attributes > 0) {
      this.#emitAt(this.#grownAt(object.$d as SkulptObject, stamp), attributes, info.type);
    }
    if (info.kind === 'function') this.#cells(object);
    else if (info.kind === 'exception') this.#keptFrames(object, stamp);
  }

  #grownAt({ $tmGrowth: grown }: SkulptObject, born: number): number {
    return grown === undefined || grown < this.#stack.base ? born : grown;
  }

  #emitAt(stamp: number | undefined, bytes: Bytes, type: TypeRow): void {
    const row = this.#stack.rowOf(stamp);
    if (row >= 0) this.#emit(bytes, row, type, this.#stack.labelOf(stamp!));
  }

  /** What may be the names of a module. */
  namespace(object: SkulptObject): void {
    const stamp = stampOfNames(object);
    if (this.#stack.rowOf(stamp) >= 0) {
      this.#emitAt(stamp, bytesOfNames(object), this.#classes.dict);
    }
  }

  #keptFrames(exception: SkulptObject, stamp: number): void {
    const { traceback, frame } = this.#classes;
    const label = this.#stack.labelOf(stamp);
    visitKeptFrames(exception, this.#stack.rowOf(stamp), this.#tracer, (at, kept) => {
      this.#emit(tracebackBytes, at, traceback, label);
      if (kept === null || this.#frames.has(kept)) return;
      this.#frames.add(kept);
      this.#emit(frameBytes, at, frame, label);
    });
  }

  #cells(guestFunction: SkulptObject): void {
    const stamp = stampOfCells(guestFunction);
    if (this.#stack.rowOf(stamp) < 0) return;
    const bytes = bytesOfCells(guestFunction, this.#walk);
    if (bytes > 0) this.#emitAt(stamp, bytes, this.#classes.cell);
  }
}
