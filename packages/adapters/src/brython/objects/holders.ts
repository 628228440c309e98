import type { BrythonInternals, FrameCell, GuestFrame, GuestObject, PlainValue } from '../host.ts';
import type { GuestLayout } from '../sizes/layout.ts';
import { hasOwnInts } from '../sizes/own-ints.ts';
import { freeVariables, variableOf } from './closures.ts';
import { tokenOf } from './guest-token.ts';

/**
 * Visits what guest objects hold. Recorded objects are handed in one by one; what was made before
 * tracing began is found from them and from the roots: modules, and the frames that are running.
 */
export class Holders {
  readonly #$B: BrythonInternals;
  readonly #layout: GuestLayout;
  readonly #isRecorded: (object: object) => boolean;
  readonly #isBorn: (value: number) => boolean;
  /** Told of each str and int in each place that holds it. */
  #tell: (value: PlainValue) => void = () => undefined;
  /** Whether what is entered is charged for its ints itself. */
  #hasOwnInts = false;
  #isInLibrary = false;
  /** Told of each recorded object in each place that holds it. */
  #meet: (object: object) => void = () => undefined;
  readonly #seen = new Set<object>();
  /** Variables that closures have shown already, by the object that has them. */
  readonly #shared = new Map<object, Set<string>>();
  readonly #open: object[] = [];

  /**
   * @param isRecorded tells the objects that `visit` is called for.
   * @param isBorn tells the ints whose birth is known: others are nothing to tell of.
   */
  constructor(
    $B: BrythonInternals,
    layout: GuestLayout,
    isRecorded: (object: object) => boolean,
    isBorn: (value: number) => boolean = () => false,
  ) {
    this.#$B = $B;
    this.#layout = layout;
    this.#isRecorded = isRecorded;
    this.#isBorn = isBorn;
  }

  /** All that modules and running frames hold. Ends the walk that `visit` belongs to. */
  visitRoots(tell: (value: PlainValue) => void): void {
    this.#tell = tell;
    const modules = Object.values(this.#$B.imported);
    for (const module of modules) if (!this.#isLibrary(module)) this.#visitModule(module);
    this.#visitStack(this.#$B.frame_obj);
    this.#drain();
    // Numbers in a library's tables are its literals: none of them was computed by the program.
    this.#isInLibrary = true;
    for (const module of modules) if (this.#isLibrary(module)) this.#visitModule(module);
    this.#drain();
    this.#isInLibrary = false;
    this.end();
  }

  /** What the running frames and the program's own modules hold: frames first. */
  visitNearRoots(tell: (value: PlainValue) => void, meet: (held: object) => void): void {
    this.#tell = tell;
    this.#meet = meet;
    this.#visitStack(this.#$B.frame_obj);
    this.#drain();
    for (const module of Object.values(this.#$B.imported)) {
      if (!this.#isLibrary(module)) this.#visitModule(module);
    }
    this.#drain();
  }

  /** Ends a walk: the next one sees all again. */
  end(): void {
    this.#seen.clear();
    this.#shared.clear();
    this.#meet = () => undefined;
  }

  #isLibrary(module: GuestObject | undefined | null): boolean {
    if (module === undefined || module === null) return true;
    const { __file__: file } = (this.#layout.attributesOf(module) ?? module) as {
      readonly __file__?: unknown;
    };
    return typeof file !== 'string' || file.startsWith('VFS.');
  }

  /** What a recorded object holds, and what unrecorded objects in it hold. */
  visit(object: GuestObject, tell: (value: PlainValue) => void): void {
    this.#tell = tell;
    this.#enter(object);
    this.#drain();
  }

  /** Whether a container is charged for its ints itself. */
  hasOwnInts(object: GuestObject): boolean {
    return hasOwnInts(this.#layout, object, this.#isBorn);
  }

  /** The recorded objects that a recorded object holds, itself or by way of unrecorded ones. */
  visitHeld(
    object: GuestObject,
    meet: (held: object) => void,
    tell: (value: PlainValue) => void = () => undefined,
  ): void {
    this.#tell = tell;
    this.#meet = meet;
    this.#enter(object);
    this.#drain();
  }

  #drain(): void {
    for (let object = this.#open.pop(); object !== undefined; object = this.#open.pop()) {
      this.#enter(object as GuestObject);
    }
  }

  /** A value in a place that holds it. */
  readonly #value = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length > 1 || value.charCodeAt(0) > 255) this.#tell(value);
    } else if (typeof value === 'bigint') {
      if (!this.#isInLibrary) this.#tell(value);
    } else if (typeof value === 'number') {
      if (!this.#hasOwnInts && !this.#isInLibrary && this.#isBorn(value)) this.#tell(value);
    } else if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      const object = value as GuestObject;
      if (this.#isRecorded(object)) this.#meet(object);
      else if (!this.#seen.has(object) && this.#isGuest(object)) {
        this.#seen.add(object);
        this.#open.push(object);
      }
    }
  };

  /** What belongs to the guest: not Brython's own classes, nor objects of the host. */
  #isGuest(object: GuestObject): boolean {
    if (Array.isArray(object)) return true;
    if (typeof object === 'function') return object['$function_infos'] !== undefined;
    if (object['tp_mro'] !== undefined) return this.#layout.isGuestClass(object);
    return this.#layout.classOf(object) !== undefined;
  }

  #enter(object: GuestObject): void {
    if (this.#layout.classOf(object) === this.#$B['module']) {
      this.#visitModule(object);
      return;
    }
    if (isFrame(object)) {
      this.#enterFrame(object);
      return;
    }
    if (Array.isArray(object)) this.#enterItems(object);
    else if (typeof object === 'function') this.#enterFunction(object);
    else if (object['tp_mro'] === undefined) this.#enterInstance(object);
    const attributes = this.#layout.attributesOf(object);
    if (attributes !== undefined && attributes !== null) this.#enterAttributes(attributes);
  }

  #enterItems(items: readonly unknown[] & GuestObject): void {
    this.#hasOwnInts = hasOwnInts(this.#layout, items, this.#isBorn);
    // `[n] * 10` holds one int.
    const isRepeated = tokenOf(items)?.isRepeated ?? true;
    for (let i = 0; i < items.length; i++) {
      if (!isRepeated || typeof items[i] !== 'number' || items[i] !== items[i - 1])
        this.#value(items[i]);
    }
    this.#hasOwnInts = false;
  }

  /** Names of attributes are interned; only their values are held here. */
  #enterAttributes(attributes: GuestObject): void {
    if (this.#isRecorded(attributes)) {
      this.#meet(attributes);
      return;
    }
    if (this.#seen.has(attributes)) return;
    this.#seen.add(attributes);
    this.#layout.visitDict(attributes, (_name, value) => this.#value(value));
  }

  #enterInstance(object: GuestObject): void {
    const guestClass = this.#layout.classOf(object);
    const kind = guestClass === undefined ? 'other' : this.#layout.kindOf(guestClass);
    if (kind === 'dict') {
      this.#hasOwnInts = hasOwnInts(this.#layout, object, this.#isBorn);
      this.#layout.visitDict(object, (key, value) => {
        this.#value(key);
        this.#value(value);
      });
      this.#hasOwnInts = false;
      return;
    }
    if (kind === 'bytes' || kind === 'bytearray') return;
    const generator = object['js_gen'] as { $frame?: GuestFrame } | undefined;
    if (generator?.$frame !== undefined) this.#visitFrame(generator.$frame);
    for (const name of Object.keys(object)) {
      if (name === 'ob_type' || name === 'js_gen') continue;
      if (name === '$store') this.#enterStore(object);
      else if (name === '$frame_obj') this.#visitStack(object[name] as FrameCell | null);
      else this.#value(object[name]);
    }
  }

  /** A set keeps its items in arrays by hash. */
  #enterStore(set: GuestObject): void {
    this.#hasOwnInts = hasOwnInts(this.#layout, set, this.#isBorn);
    for (const items of Object.values((set['$store'] ?? {}) as object)) {
      if (Array.isArray(items)) for (const item of items) this.#value(item);
    }
    this.#hasOwnInts = false;
  }

  /** Defaults, and the variables that a closure shares with the functions around it. */
  #enterFunction(object: GuestObject): void {
    const infos = object['$function_infos'] as readonly unknown[] | undefined;
    if (infos === undefined) return;
    for (const value of this.#layout.defaultsOf(object)) this.#value(value);
    this.#value(infos[5]);
    for (const name of freeVariables(object)) {
      const variable = variableOf(String(name), object);
      if (variable !== undefined) {
        this.#visitShared(variable.names, String(name), variable.value);
      }
    }
  }

  /** Several closures that share a variable are one place. */
  #visitShared(names: object, name: string, value: unknown): void {
    if (this.#seen.has(names)) return;
    let shown = this.#shared.get(names);
    if (shown === undefined) {
      shown = new Set();
      this.#shared.set(names, shown);
    }
    if (shown.has(name)) return;
    shown.add(name);
    this.#value(value);
  }

  #visitStack(cell: FrameCell | null): void {
    for (let at = cell; at !== null && at !== undefined; at = at.prev) this.#visitFrame(at.frame);
  }

  #visitFrame(frame: GuestFrame): void {
    if (!Array.isArray(frame)) return;
    if (this.#seen.has(frame)) return;
    this.#seen.add(frame);
    this.#enterFrame(frame);
  }

  #enterFrame(frame: GuestFrame): void {
    this.#value(frame[4]);
    this.#visitNames(frame[1]);
    if (frame[3] !== frame[1]) this.#visitNames(frame[3]);
  }

  #visitModule(module: GuestObject | undefined): void {
    if (module === undefined || module === null) return;
    this.#visitNames(this.#layout.attributesOf(module) ?? module);
  }

  /** Variables: a host object whose properties they are. A class body's is a proxy that may throw. */
  #visitNames(names: unknown): void {
    if (names === null || typeof names !== 'object' || this.#seen.has(names)) return;
    this.#seen.add(names);
    const shown = this.#shared.get(names);
    for (const name of Object.keys(names)) {
      if (name.startsWith('$') || name === 'ob_type' || name === '__class__') continue;
      if (shown?.has(name)) continue;
      this.#value(Object.getOwnPropertyDescriptor(names, name)?.value);
    }
  }
}

/** Its variables may be a proxy, whose traps call the guest: no place in it is a guest's list's. */
function isFrame(object: GuestObject): object is GuestObject & GuestFrame {
  return Array.isArray(object) && '$lineno' in object;
}
