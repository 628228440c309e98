import type { Tracer, TypeRow } from '@tracemalloc/core';
import { firstRoom } from '../../python/sizes/cpython-rules.ts';
import type { ProgramText } from '../code/program-text.ts';
import type { BrythonInternals, GuestClass, GuestObject } from '../host.ts';
import type { Guess } from '../sizes/layout.ts';
import type { SizeModel } from '../sizes/size-model.ts';
import { typeName } from './type-name.ts';

/** What the object table needs to know of an object's class. */
export type ClassInfo = {
  readonly type: TypeRow;
  /** First guess of an instance, until it is measured. */
  readonly guess: Guess;
  /** Room for attributes that the next object gets, as long as CPython is learning; else −1. */
  room: number;
  readonly isGenerator: boolean;
  readonly isFunction: boolean;
  /** Python code here, C in CPython. */
  readonly isAccelerated: boolean;
  /** Modules, and what CPython's import machinery makes beside them. */
  readonly isImported: boolean;
  /** Bytes of the dict that is made for the first attribute of an instance; 0 where there is none. */
  readonly ownDict: number;
};

/** The guest's classes, each looked at once. */
export class Classes {
  readonly #$B: BrythonInternals;
  readonly #tracer: Tracer;
  readonly #sizes: SizeModel;
  readonly #text: ProgramText;
  readonly #infos = new WeakMap<GuestClass, ClassInfo>();
  readonly #obType: symbol;
  #lastClass: GuestClass | undefined;
  #lastInfo: ClassInfo = unknownClass;

  constructor($B: BrythonInternals, tracer: Tracer, sizes: SizeModel, text: ProgramText) {
    this.#$B = $B;
    this.#tracer = tracer;
    this.#sizes = sizes;
    this.#text = text;
    this.#obType = $B.OB_TYPE;
  }

  /** Hot. */
  of(object: GuestObject): ClassInfo {
    const guestClass = (object.ob_type ?? object[this.#obType]) as GuestClass | undefined;
    return guestClass === this.#lastClass ? this.#lastInfo : this.ofClass(guestClass);
  }

  ofClass(guestClass: GuestClass | undefined): ClassInfo {
    if (guestClass === undefined || guestClass === null) return unknownClass;
    let info = this.#infos.get(guestClass);
    if (info === undefined) {
      info = this.#infoOf(guestClass);
      this.#infos.set(guestClass, info);
    }
    this.#lastClass = guestClass;
    this.#lastInfo = info;
    return info;
  }

  #infoOf(guestClass: GuestClass): ClassInfo {
    return {
      type: this.#tracer.type(typeName(this.#$B, guestClass, this.#text)),
      guess: this.#sizes.guess(guestClass),
      room: this.#sizes.learnsRoom(guestClass) ? firstRoom : -1,
      isGenerator: guestClass === this.#$B['generator'],
      isFunction: guestClass === this.#$B['function'],
      isAccelerated: this.#sizes.isAccelerated(guestClass),
      isImported: guestClass === this.#$B['module'] || importClasses.has(guestClass.tp_name ?? ''),
      ownDict: this.#sizes.ownDict(guestClass),
    };
  }
}

const unknownClass: ClassInfo = {
  type: 0,
  guess: { base: 16, item: 0, counted: 'object', hasBuffer: false },
  room: -1,
  isGenerator: false,
  isFunction: false,
  isAccelerated: false,
  isImported: false,
  ownDict: 0,
};

const importClasses: ReadonlySet<string> = new Set([
  'ModuleSpec',
  'NamespaceLoader',
  'SourceFileLoader',
  'VFSLoader',
]);
