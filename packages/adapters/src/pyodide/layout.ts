import type { Address, Memory } from './host.ts';

/**
 * Where CPython keeps what a walk needs: offsets in bytes. CPython publishes them since 3.13, in a table at the beginning of `_PyRuntime`
 * whose own layout depends on the minor version.
 */
export type Layout = {
  /** 13 for CPython 3.13. */
  readonly minor: number;
  /** `PyThreadState.current_frame`. */
  readonly currentFrame: number;
  readonly frame: {
    readonly previous: number;
    /** A tagged reference since 3.14: the two lowest bits are none of the address. */
    readonly executable: number;
    readonly instruction: number;
    /** The first of its variables, which lie in a row. */
    readonly variables: number;
    readonly owner: number;
  };
  readonly code: {
    readonly filename: number;
    readonly qualname: number;
    /** A tuple of the names of its variables. */
    readonly variableNames: number;
    readonly bytecode: number;
  };
  /** `ob_type` of an object. */
  readonly objectType: number;
  readonly typeFlags: number;
  /** `tp_basicsize` */
  readonly typeSize: number;
  /** Blocks of their own that lists and dicts have. */
  readonly listItems: number;
  readonly dictKeys: number;
  readonly dictValues: number;
};

/** Words of 64 bits before the parts that are read, and in them. */
type Table = {
  readonly interpreter: number;
  readonly frame: number;
  readonly code: number;
  readonly set: number;
};

const tables: Readonly<Record<number, Table>> = {
  13: { interpreter: 13, frame: 6, code: 10, set: 0 },
  14: { interpreter: 16, frame: 8, code: 11, set: 4 },
};

/** The minor versions of CPython 3 whose table is known. */
const knownMinors: readonly number[] = Object.keys(tables).map(Number);

const cookie = 'xdebugpy';
const runtimeWords = 6;
const threadWords = 9;
const objectWords = 2;
const typeWords = 4;
/** Of tuples and of lists. */
const sequenceWords = 3;
/** Structs are smaller than this; what claims to lie further is no offset. */
const offsetLimit = 4096;

/** @throws RangeError that says what is not as it should be. */
export function readLayout(memory: Memory, runtime: Address = memory.module.__PyRuntime): Layout {
  memory.refresh();
  const start = memory.u8.subarray(runtime, runtime + cookie.length);
  if (String.fromCharCode(...start) !== cookie) {
    throw new RangeError('it has no table of offsets: CPython has one since 3.13');
  }
  const word = (index: number): number => {
    const at = (runtime + 8 * index) >>> 2;
    const value = memory.i32[at]!;
    if (memory.i32[at + 1] !== 0 || value < 0 || value >= offsetLimit) {
      throw new RangeError(`word ${index} of its table of offsets is no offset: ${value >>> 0}`);
    }
    return value;
  };
  const version = memory.word(runtime + 8);
  const minor = (version >>> 16) & 0xff;
  const table = version >>> 24 === 3 ? tables[minor] : undefined;
  if (table === undefined || word(2) !== 0) {
    const threads = table === undefined ? '' : ' without the GIL';
    const known = knownMinors.map((one) => `3.${one}`).join(' and ');
    throw new RangeError(
      `its CPython ${version >>> 24}.${minor}${threads} is not known: ${known} are`,
    );
  }
  const thread = runtimeWords + table.interpreter;
  const frame = thread + threadWords;
  const code = frame + table.frame;
  const object = code + table.code;
  const type = object + objectWords;
  const list = type + typeWords + sequenceWords;
  const dict = list + sequenceWords + table.set;
  return {
    minor,
    currentFrame: word(thread + 4),
    frame: {
      previous: word(frame + 1),
      executable: word(frame + 2),
      instruction: word(frame + 3),
      variables: word(frame + 4),
      owner: word(frame + 5),
    },
    code: {
      filename: word(code + 1),
      qualname: word(code + 3),
      variableNames: word(code + 7),
      bytecode: word(code + 9),
    },
    objectType: word(object + 1),
    typeFlags: word(type + 3),
    // The word after `tp_name`.
    typeSize: word(type + 1) + 4,
    listItems: word(list + 1),
    dictKeys: word(dict + 1),
    dictValues: word(dict + 2),
  };
}
