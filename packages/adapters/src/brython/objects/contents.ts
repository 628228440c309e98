import type { EdgeKind } from '@tracemalloc/core/graph';
import { suspendedPrefix } from '../code/suspended.ts';
import type { BrythonInternals, FrameCell, GuestFrame, GuestObject } from '../host.ts';
import { type GuestLayout, slotPrefix } from '../sizes/layout.ts';
import { freeVariables, variableOf } from './closures.ts';
import { keyText } from './key-text.ts';

/** Told of each value in each place that holds it. */
export type Visit = (value: unknown, kind: EdgeKind, name: string | number) => void;

/** The name of the place of a dict that has an object's attributes. */
export const ownDict = '__dict__';

/** What guest objects hold, place by place, with the names that Python has for the places. */
export class Contents {
  readonly #$B: BrythonInternals;
  readonly #layout: GuestLayout;

  constructor($B: BrythonInternals, layout: GuestLayout) {
    this.#$B = $B;
    this.#layout = layout;
  }

  /** All that an object, or a frame, holds itself. Nothing of the guest's is called. */
  visit(object: GuestObject, visit: Visit): void {
    if (this.isFrame(object)) {
      this.#visitFrame(object as unknown as GuestFrame, visit);
      return;
    }
    if (this.isModule(object)) {
      this.#visitNames(this.#layout.attributesOf(object) ?? object, 'global', visit);
      return;
    }
    if (Array.isArray(object)) {
      for (let i = 0; i < object.length; i++) visit(object[i], 'item', i);
    } else if (typeof object === 'function') this.#visitFunction(object, visit);
    else if (object['tp_mro'] === undefined) this.#visitInstance(object, visit);
    else this.#visitBases(object, visit);
    const attributes = this.#layout.attributesOf(object);
    if (attributes === undefined || attributes === null) return;
    this.#layout.visitDict(attributes, (name, value) => visit(value, 'attribute', String(name)));
    visit(attributes, 'other', ownDict);
  }

  /** What runs and what waits is an array with the line that it is at. */
  isFrame(object: GuestObject): boolean {
    return Array.isArray(object) && '$lineno' in object;
  }

  isModule(object: GuestObject): boolean {
    return this.#layout.classOf(object) === this.#$B['module'];
  }

  #visitFrame(frame: GuestFrame, visit: Visit): void {
    visit(frame[4], 'other', 'function');
    // A module's own names are the module's.
    if (frame[1] !== frame[3]) this.#visitNames(frame[1], 'local', visit);
    else if (!this.#isOfModule(frame)) this.#visitNames(frame[3], 'global', visit);
    for (const name of Object.keys(frame)) {
      if (!name.startsWith(suspendedPrefix)) continue;
      visit((frame as unknown as GuestObject)[name], 'local', '(iterator)');
    }
  }

  #isOfModule(frame: GuestFrame): boolean {
    const module = this.#$B.imported[String(frame[2])];
    return module !== undefined && (this.#layout.attributesOf(module) ?? module) === frame[3];
  }

  #visitInstance(object: GuestObject, visit: Visit): void {
    const guestClass = this.#layout.classOf(object);
    const kind = guestClass === undefined ? 'other' : this.#layout.kindOf(guestClass);
    if (guestClass !== undefined && this.#layout.isGuestClass(guestClass)) {
      visit(guestClass, 'class', '__class__');
    }
    if (kind === 'dict') {
      this.#visitDict(object, visit);
      return;
    }
    if (kind === 'bytes' || kind === 'bytearray') return;
    const generator = object['js_gen'] as { $frame?: GuestFrame } | undefined;
    if (generator?.$frame !== undefined) visit(generator.$frame, 'other', 'frame');
    for (const name of Object.keys(object)) {
      if (name === 'ob_type' || name === 'js_gen') continue;
      if (name === '$store') this.#visitStore(object[name] as object, visit);
      else if (name === '$frame_obj') this.#visitStack(object[name] as FrameCell | null, visit);
      else if (name.startsWith(slotPrefix)) {
        visit(object[name], 'attribute', name.slice(slotPrefix.length));
      } else if (name === '$frame') visit(object[name], 'other', 'frame');
      else visit(object[name], 'attribute', name);
    }
  }

  #visitDict(object: GuestObject, visit: Visit): void {
    this.#layout.visitDict(object, (key, value) => {
      if (typeof key === 'number') visit(value, 'item', key);
      else visit(value, 'key', keyText(this.#$B, this.#layout, key));
      visit(key, 'dict key', '');
    });
  }

  /** A set keeps its items in arrays by hash. */
  #visitStore(store: object, visit: Visit): void {
    let place = 0;
    for (const items of Object.values(store)) {
      if (!Array.isArray(items)) continue;
      for (const item of items) visit(item, 'item', place++);
    }
  }

  #visitStack(cell: FrameCell | null, visit: Visit): void {
    for (let at = cell; at !== null && at !== undefined; at = at.prev) {
      visit(at.frame, 'other', 'frame');
    }
  }

  #visitBases(guestClass: GuestObject, visit: Visit): void {
    const order = guestClass['tp_mro'];
    if (!Array.isArray(order)) return;
    for (const base of order) if (base !== guestClass) visit(base, 'class', '__bases__');
  }

  /** Defaults, and the variables that a closure shares with the functions around it. */
  #visitFunction(object: GuestObject, visit: Visit): void {
    const infos = object['$function_infos'] as readonly unknown[] | undefined;
    if (infos === undefined) return;
    for (const [i, value] of this.#layout.defaultsOf(object).entries())
      visit(value, 'default', String(i));
    if (infos[5] !== undefined) visit(infos[5], 'default', '__kwdefaults__');
    for (const name of freeVariables(object)) {
      const variable = variableOf(String(name), object);
      if (variable !== undefined) visit(variable.value, 'cell', String(name));
    }
  }

  /** Variables: a host object whose properties they are. A class body's is a proxy that may throw. */
  #visitNames(names: unknown, kind: EdgeKind, visit: Visit): void {
    if (names === null || typeof names !== 'object') return;
    for (const name of Object.keys(names)) {
      if (name.startsWith('$') || name === 'ob_type' || name === '__class__') continue;
      visit(Object.getOwnPropertyDescriptor(names, name)?.value, kind, name);
    }
  }
}
