import type { Restorer } from '../../contract/index.ts';
import type { Skulpt, SkulptObject } from '../host.ts';
import { type Native, watchWith } from '../objects/watch.ts';

/** Requests below are left to what follows allocations. */
const giant = 65536;

/** Ints that a range may have: V8 has no room for many more. */
const mostInRange = 2 ** 24;

/** Bytes that what a method gives may have more than its text. */
type BytesOf = (text: string, args: readonly unknown[]) => number;

const numberIn = (value: unknown): number => {
  const { v } = (value ?? {}) as { readonly v?: unknown };
  return typeof v === 'number' || typeof v === 'string' || typeof v === 'object' ? Number(v) : NaN;
};
const textIn = (value: unknown): string => {
  const { v } = (value ?? {}) as { readonly v?: unknown };
  return typeof v === 'string' ? v : '';
};
const width: BytesOf = (_, [size]) => numberIn(size);

/** Methods of str that give as much as their arguments say. */
const textMethods: Readonly<Record<string, BytesOf>> = {
  center: width,
  ljust: width,
  rjust: width,
  zfill: width,
  replace: (text, [old, by]) => (text.length / Math.max(1, textIn(old).length)) * textIn(by).length,
  expandtabs: (text, [size]) => text.length * (size === undefined ? 8 : numberIn(size)),
  format: (text) => biggestNumber(text),
};

/** The largest number in a format: what is formatted is at least as wide. */
function biggestNumber(format: string): number {
  return Math.max(0, ...Array.from(format.matchAll(/\d{5,}/g), ([digits]) => Number(digits)));
}

/** About the bytes of `base ** exponent` and the like. */
const powerBytes = (base: number, exponent: number): number =>
  exponent > 0 && Math.abs(base) > 1 ? (Math.log2(Math.abs(base)) * exponent) / 7.5 : 0;

/**
 * Requests whose size is known before they are made, because to make one takes the process with it;
 * and what a native function collects, which nothing reaches before it is done.
 *
 * @param admit throws the guest's MemoryError where so many bytes are not allowed.
 */
export function checkGiants(Sk: Skulpt, restorer: Restorer, admit: (bytes: number) => void): void {
  const check = (bytes: number): void => {
    if (bytes >= giant) admit(bytes);
  };
  const watch = watchWith(restorer);
  const before = (
    owner: object,
    name: string,
    bytesOf: (self: SkulptObject, args: readonly unknown[]) => number,
  ): void => {
    watch.member(owner, name, (original: Native<SkulptObject>) => {
      return function (...args): unknown {
        check(bytesOf(this, args));
        return original.apply(this, args);
      };
    });
  };
  const { list, tuple, str, int_ } = Sk.builtin;
  const bytes = Sk.builtin['bytes'] as typeof list | undefined;
  const lengthOf = ({ v }: SkulptObject): number => (v as { readonly length: number }).length;
  for (const [native, each] of [
    [list, 8],
    [tuple, 8],
    [str, 1],
    [bytes, 1],
  ] as const) {
    if (native === undefined) continue;
    const { prototype } = native;
    for (const slot of ['sq$repeat', 'nb$multiply', 'nb$reflected_multiply']) {
      before(prototype, slot, (self, [n]) => each * lengthOf(self) * numberIn(n));
    }
    before(
      prototype,
      'sq$concat',
      (self, [other]) =>
        each *
        (lengthOf(self) + ((other as SkulptObject)?.v ? lengthOf(other as SkulptObject) : 0)),
    );
  }
  before(str.prototype, 'nb$remainder', (self) => biggestNumber(textIn(self)));
  before(int_.prototype, 'nb$power', (self, [other, mod]) =>
    mod === undefined || mod === Sk.builtin.none.none$
      ? powerBytes(numberIn(self), numberIn(other))
      : 0,
  );
  before(int_.prototype, 'nb$lshift', (_, [other]) => numberIn(other) / 7.5);
  for (const [name, bytesOf] of Object.entries(textMethods)) {
    watch.method(str.prototype, name, (original: Native<SkulptObject>) => {
      return function (...args): unknown {
        check(bytesOf(textIn(this), args));
        return original.apply(this, args);
      };
    });
  }
  if (bytes !== undefined) {
    before(bytes.prototype, 'tp$new', (_, [args]) =>
      numberIn((args as unknown[] | undefined)?.[0]),
    );
  }
  countItems(Sk, restorer, admit);
}

/**
 * What lists, tuples, sets and the like are made of is collected before they are; what `join` joins, and
 * the ints of a range, too.
 */
function countItems(Sk: Skulpt, restorer: Restorer, admit: (bytes: number) => void): void {
  const misceval = Sk.misceval as typeof Sk.misceval & {
    iterFor(iterator: unknown, each: (item: unknown) => unknown, first?: unknown): unknown;
  };
  let isCollecting = false;
  const collecting = <T>(work: () => T): T => {
    isCollecting = true;
    try {
      return work();
    } finally {
      isCollecting = false;
    }
  };
  const watch = watchWith(restorer);
  restorer.replace(misceval, 'arrayFromIterable', (original) => {
    return function (this: unknown, ...args): SkulptObject[] {
      return collecting(() => original.apply(this, args));
    };
  });
  watch.method(Sk.builtin.str.prototype, 'join', (original: Native<SkulptObject>) => {
    return function (...args): unknown {
      return collecting(() => original.apply(this, args));
    };
  });
  restorer.replace(misceval, 'iterFor', (original) => {
    return function (this: unknown, iterator, each, ...rest): unknown {
      if (!isCollecting) return original.call(this, iterator, each, ...rest);
      isCollecting = false;
      let bytes = 0;
      let told = giant;
      const counted = (item: unknown): unknown => {
        bytes += 8 + textIn(item).length;
        if (bytes > told) {
          told = bytes + giant;
          admit(bytes);
        }
        return each(item);
      };
      return original.call(this, iterator, counted, ...rest);
    };
  });
  const range = Sk.builtin['range_'] as { readonly prototype: object } | undefined;
  watch.member(range?.prototype ?? {}, 'tp$new', (original: Native<unknown>) => {
    return function (...args): unknown {
      const items = rangeLength(args[0] as readonly unknown[]);
      // All of its ints are made at once, which no limit of the program's is about.
      if (items > mostInRange) admit(8 * items);
      return original.apply(this, args);
    };
  });
}

function rangeLength(given: readonly unknown[] = []): number {
  const [first = 0, second, step = 1] = given.map(numberIn);
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  return (stop - start) / step;
}
