import { errorText } from '../../contract/shown.ts';
import type { ExtraValues } from '../../python/module/extra-functions.ts';
import type { GuestKind, GuestValue, NativeFunction } from '../../python/module/index.ts';
import type { TracerValues } from '../../python/module/tracer-functions.ts';
import type { Address, PyodideModule } from '../host.ts';

/** CPython's functions on objects that the guest's module needs beside those of the tracer. */
type ObjectApi = PyodideModule & {
  readonly HEAPU32: Uint32Array;
  readonly __Py_NoneStruct: Address;
  readonly [type: `_PyExc_${string}`]: Address;
  _Py_IncRef(object: Address): void;
  _PyBool_FromLong(value: number): Address;
  _PyLong_FromDouble(value: number): Address;
  _PyLong_AsDouble(object: Address): number;
  _PyNumber_Index(object: Address): Address;
  _PyUnicode_FromString(text: Address): Address;
  _PyTuple_New(length: number): Address;
  _PyTuple_Size(tuple: Address): number;
  _PyTuple_GetItem(tuple: Address, index: number): Address;
  _PyTuple_SetItem(tuple: Address, index: number, item: Address): number;
  _PyList_New(length: number): Address;
  _PyList_SetItem(list: Address, index: number, item: Address): number;
  _PyDict_Size(dict: Address): number;
  _PyObject_Type(object: Address): Address;
  _PyObject_IsInstance(object: Address, type: Address): number;
  readonly _PyUnicode_Type: Address;
  _PyUnicode_GetLength(text: Address): number;
  _PyUnicode_ReadChar(text: Address, index: number): number;
  _PyType_GetName(type: Address): Address;
  _PyErr_SetString(type: Address, message: Address): void;
  _PyErr_ExceptionMatches(type: Address): number;
};

/** An exception of the guest, thrown through JavaScript to where the guest called it. */
class GuestException extends Error {
  /** `null`: the guest has it already. */
  readonly type: string | null;

  constructor(type: string | null, message = '') {
    super(message);
    this.type = type;
  }
}

/**
 * Values of CPython for the functions of `_tracemalloc`: addresses of objects, each of which this owns a reference to until the
 * function that the guest called has returned.
 */
export class PythonValues implements TracerValues, ExtraValues {
  readonly none: GuestValue;
  readonly #module: ObjectApi;
  readonly #owned: Address[] = [];

  constructor(module: PyodideModule) {
    this.#module = module as ObjectApi;
    this.none = this.#module.__Py_NoneStruct;
  }

  /** A function as a `PyCFunctionWithKeywords`. */
  cFunction(native: NativeFunction): (self: Address, args: Address, keywords: Address) => Address {
    const module = this.#module;
    return (_, args, keywords) => {
      try {
        return this.scope(() => {
          const given = Array.from({ length: module._PyTuple_Size(args) }, (_, i) =>
            module._PyTuple_GetItem(args, i),
          );
          const named = keywords === 0 ? 0 : module._PyDict_Size(keywords);
          const result = native(given, Array<string>(named).fill('')) as Address;
          module._Py_IncRef(result);
          return result;
        });
      } catch (error) {
        this.#raiseInGuest(error);
        return 0;
      }
    };
  }

  /** Calls `work`; the objects that it makes live until it returns. */
  scope<T>(work: () => T): T {
    const first = this.#owned.length;
    try {
      return work();
    } finally {
      for (const object of this.#owned.splice(first)) this.#module._Py_DecRef(object);
    }
  }

  bool(value: boolean): GuestValue {
    return this.#own(this.#module._PyBool_FromLong(value ? 1 : 0));
  }

  int(value: number | bigint): GuestValue {
    return this.#own(this.#module._PyLong_FromDouble(Number(value)));
  }

  str(value: string): GuestValue {
    return this.#own(this.withText(value, (text) => this.#module._PyUnicode_FromString(text)));
  }

  tuple(items: readonly GuestValue[]): GuestValue {
    const module = this.#module;
    const tuple = this.#own(module._PyTuple_New(items.length));
    for (const [i, item] of items.entries()) {
      module._Py_IncRef(item as Address);
      module._PyTuple_SetItem(tuple, i, item as Address);
    }
    return tuple;
  }

  list(items: readonly GuestValue[]): GuestValue {
    const module = this.#module;
    const list = this.#own(module._PyList_New(items.length));
    for (const [i, item] of items.entries()) {
      module._Py_IncRef(item as Address);
      module._PyList_SetItem(list, i, item as Address);
    }
    return list;
  }

  index(value: GuestValue): number | bigint | undefined {
    const module = this.#module;
    const integer = module._PyNumber_Index(value as Address);
    if (integer === 0) {
      if (module._PyErr_ExceptionMatches(this.#exception('TypeError')) === 0) {
        throw new GuestException(null);
      }
      module._PyErr_Clear();
      return undefined;
    }
    const number = module._PyLong_AsDouble(this.#own(integer));
    if (number !== -1) return number;
    // -1, or too large for a double.
    const isTooLarge = module._PyErr_ExceptionMatches(this.#exception('OverflowError')) !== 0;
    module._PyErr_Clear();
    return isTooLarge ? Number.POSITIVE_INFINITY : number;
  }

  typeName(value: GuestValue): string {
    const module = this.#module;
    const type = this.#own(module._PyObject_Type(value as Address));
    const name = this.#own(module._PyType_GetName(type));
    return module.UTF8ToString(module._PyUnicode_AsUTF8(name));
  }

  /** Of the kinds, those that `tracemalloc_extra` tells apart. */
  kind(value: GuestValue): GuestKind {
    const module = this.#module;
    if (value === this.none) return 'none';
    return module._PyObject_IsInstance(value as Address, module._PyUnicode_Type) === 1
      ? 'str'
      : 'other';
  }

  /** Any text: also with NUL or lone surrogates, which UTF-8 can't hold. */
  text(value: GuestValue): string {
    const module = this.#module;
    const length = module._PyUnicode_GetLength(value as Address);
    let text = '';
    for (let i = 0; i < length; i++) {
      text += String.fromCodePoint(module._PyUnicode_ReadChar(value as Address, i));
    }
    return text;
  }

  raise(exception: string, message: string): never {
    throw new GuestException(exception, message);
  }

  /** Calls `work` with a text in the guest's memory, which is gone afterwards. */
  withText<T>(text: string, work: (at: Address) => T): T {
    const module = this.#module;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = module._PyMem_RawMalloc(bytes.length);
    module.HEAPU8.set(bytes, at >>> 0);
    try {
      return work(at);
    } finally {
      module._PyMem_RawFree(at);
    }
  }

  #own(object: Address): Address {
    if (object === 0) throw new GuestException(null);
    this.#owned.push(object);
    return object;
  }

  #exception(name: string): Address {
    return this.#module.HEAP32[this.#module[`_PyExc_${name}`]! >>> 2]!;
  }

  #raiseInGuest(error: unknown): void {
    if (error instanceof GuestException && error.type === null) return;
    const type = error instanceof GuestException ? error.type! : 'RuntimeError';
    const message = error instanceof GuestException ? error.message : errorText(error);
    this.withText(message, (text) => this.#module._PyErr_SetString(this.#exception(type), text));
  }
}
