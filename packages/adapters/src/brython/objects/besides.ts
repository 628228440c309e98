import { cpythonFrame, cpythonTraceback } from '../../python/sizes/cpython-rules.ts';
import type { Charge } from '../code/hooks.ts';
import type { FrameReader } from '../frames/frame-reader.ts';
import { unrecorded } from '../frames/rows.ts';
import type { FrameCell, GuestObject } from '../host.ts';
import type { BlockPlace } from './block-slots.ts';
import type { Classes } from './classes.ts';
import { type GuestToken, type Tracked, tokenKey, tokenOf } from './guest-token.ts';
import { ModuleTables } from './module-tables.ts';
import type { Parts } from './parts.ts';

/** What is asked of the table of objects. */
export type BesidesSite = {
  /** The running frame's; `null` where nothing is to be recorded. */
  cell(): FrameCell | null | undefined;
  /** Whether the object of a token has a block. */
  isRecorded(token: GuestToken): boolean;
  failed(): void;
};

/**
 * Records what CPython makes beside an object, on the line that asks for it: what belongs to a
 * definition, the dict of an object's attributes, the table of a module's names. Throws nothing.
 */
export class Besides {
  readonly #place: BlockPlace;
  readonly #parts: Parts;
  readonly #classes: Classes;
  readonly #frames: FrameReader;
  readonly #site: BesidesSite;
  readonly #modules: ModuleTables;
  /** Frames that have an object. */
  readonly #shown = new WeakSet<object>();

  constructor(
    place: BlockPlace,
    parts: Parts,
    classes: Classes,
    frames: FrameReader,
    site: BesidesSite,
  ) {
    this.#place = place;
    this.#parts = parts;
    this.#classes = classes;
    this.#frames = frames;
    this.#site = site;
    this.#modules = new ModuleTables(place.tracer, place.domain, place.slots);
  }

  /** The running line has just made `owner`. */
  readonly charge = (owner: object, charges: readonly Charge[]): void => {
    const token = tokenOf(owner);
    if (token === undefined) return;
    this.#recording((cell) => {
      if (!this.#site.isRecorded(token)) return;
      for (const [line, type, bytes] of charges) {
        const row = this.#frames.rowAtLine(cell, line);
        if (row < 0) continue;
        const at = this.#frames.native(row, 'definition');
        this.#parts.addCharge(token, bytes, at, this.#place.tracer.type(type));
      }
    });
  };

  /** An object that may have no room for attributes has got one. Hot. */
  readonly attribute = (object: GuestObject): void => {
    const token = (object as Tracked)[tokenKey];
    if (token === undefined || token.hasOwnDict) return;
    const { ownDict } = this.#classes.of(object);
    if (ownDict === 0) return;
    this.#recording((cell) => {
      if (!this.#site.isRecorded(token) || token.target !== object) return;
      const row = this.#frames.rowOf(cell);
      if (row < 0) return;
      const at = this.#frames.native(row, 'object');
      this.#parts.addCharge(token, ownDict, at, this.#place.tracer.type('dict'));
      token.hasOwnDict = true;
    });
  };

  /** The running module has bound so many names of its own, the last one on `line`. */
  readonly name = (line: number, names: number): void => {
    this.#recording((cell) => {
      const row = this.#frames.rowAtLine(cell, line);
      if (row >= 0) this.#modules.grow(cell.frame, names, this.#frames.native(row, 'growth'));
    });
  };

  /**
   * An exception has reached the running frame: CPython makes a traceback there, and an object of the
   * frame if there is none. Most exceptions die at once, so that this is a note, which `keep` makes blocks of.
   */
  readonly unwind = (exception: object): void => {
    const token = tokenOf(exception);
    if (token === undefined) return;
    this.#recording((cell) => {
      const row = this.#site.isRecorded(token) ? this.#frames.rowOf(cell) : unrecorded;
      if (row < 0) return;
      token.unwound ??= [];
      token.unwound.push(row, this.#shown.has(cell.frame) ? 0 : cpythonFrame(variablesOf(cell)));
      this.#shown.add(cell.frame);
    });
  };

  /** An exception was seen alive. */
  keep(token: GuestToken): void {
    const { tracer } = this.#place;
    const [traceback, frame] = [tracer.type('traceback'), tracer.type('frame')];
    const notes = token.unwound ?? [];
    token.unwound = null;
    if (token.epoch !== tracer.generation) return;
    for (let i = 0; i < notes.length; i += 2) {
      const at = this.#frames.nativeLater(notes[i]!, 'object');
      this.#parts.addCharge(token, cpythonTraceback, at, traceback);
      if (notes[i + 1]! > 0) this.#parts.addCharge(token, notes[i + 1]!, at, frame);
    }
  }

  /** The tracer has forgotten all blocks. */
  clear(): void {
    this.#modules.clear();
  }

  #recording(work: (cell: FrameCell) => void): void {
    try {
      const cell = this.#site.cell();
      if (cell !== null && cell !== undefined) work(cell);
    } catch {
      this.#site.failed();
    }
  }
}

/** How many variables a function has. */
function variablesOf({ frame }: FrameCell): number {
  const infos = (frame[4] as { $function_infos?: readonly unknown[] } | undefined)?.$function_infos;
  const names = infos?.[16];
  return Array.isArray(names) ? names.length : 0;
}
