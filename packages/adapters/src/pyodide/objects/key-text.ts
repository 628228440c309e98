import { pythonRepr } from '@tracemalloc/core/python';
import type { Address, Memory } from '../host.ts';
import type { HeapApi } from './heap-api.ts';

/** Characters of a str that are shown as a key, and as a name. */
const longest = { key: 60, name: 120 } as const;
/** Items of a tuple that are shown. */
const mostItems = 4;

/** Texts of guest objects, read character by character: to have their UTF-8 would be kept by them. */
export class KeyText {
  readonly #api: HeapApi;
  readonly #memory: Memory;
  readonly #typeOffset: number;

  constructor(memory: Memory, typeOffset: number) {
    this.#api = memory.module as HeapApi;
    this.#memory = memory;
    this.#typeOffset = typeOffset;
  }

  /** A str that is a name of something. */
  nameOf(object: Address): string {
    return this.#text(object, longest.name);
  }

  /** An int that is a number of a place; `undefined` for all else, and for one that is no exact double. */
  numberOf(object: Address): number | undefined {
    if (this.#typeOf(object) !== this.#api._PyLong_Type) return undefined;
    const number = this.#api._PyLong_AsDouble(object);
    if (number === -1 && this.#api._PyErr_Occurred() !== 0) this.#api._PyErr_Clear();
    else if (Number.isSafeInteger(number)) return number;
    return undefined;
  }

  /** A key of a dict as Python's repr shows it, without a call of the guest's: others by their type. */
  of(object: Address, nameOfType: (type: Address) => string, depth = 0): string {
    const api = this.#api;
    const type = this.#typeOf(object);
    if (object === api.__Py_NoneStruct) return 'None';
    if (object === api.__Py_TrueStruct) return 'True';
    if (object === api.__Py_FalseStruct) return 'False';
    if (type === api._PyUnicode_Type) return pythonRepr(this.#text(object, longest.key));
    if (type === api._PyFloat_Type) return floatText(api._PyFloat_AsDouble(object));
    const number = this.numberOf(object);
    if (number !== undefined) return String(number);
    if (type !== api._PyTuple_Type || depth > 1) return `<${nameOfType(type)}>`;
    const length = api._PyTuple_Size(object);
    const items = Array.from({ length: Math.min(length, mostItems) }, (_, i) =>
      this.of(api._PyTuple_GetItem(object, i), nameOfType, depth + 1),
    );
    const more = length > mostItems ? ', …' : length === 1 ? ',' : '';
    return `(${items.join(', ')}${more})`;
  }

  #typeOf(object: Address): Address {
    return this.#memory.word(object + this.#typeOffset) >>> 0;
  }

  #text(object: Address, limit: number): string {
    const api = this.#api;
    const length = api._PyUnicode_GetLength(object);
    let text = '';
    for (let i = 0; i < length && i < limit; i++) {
      text += String.fromCodePoint(api._PyUnicode_ReadChar(object, i) >>> 0);
    }
    return length > limit ? `${text}…` : text;
  }
}

/** Python's repr: with an exponent below 10^-4 and from 10^16 on. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const [digits = '', exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power > 15)) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const sign = Object.is(value, -0) ? '-' : '';
  return `${sign}${value}${Number.isInteger(value) ? '.0' : ''}`;
}
