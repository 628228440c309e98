import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals } from '../host.ts';
import { onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';

/** Requests below are left to what follows allocations. */
const giant = 65536;

type Slot = (this: unknown, ...args: unknown[]) => unknown;

/** A number of the guest; NaN for what is none. */
type NumberOf = (value: unknown) => number;

/**
 * Requests whose size is known before they are made: where a limit forbids one it is refused first,
 * because to make it takes the process with it.
 *
 * @param admit throws the guest's MemoryError where so many bytes are not allowed.
 */
export function checkGiants(
  $B: BrythonInternals,
  restorer: Restorer,
  admit: (bytes: number) => void,
): void {
  const number: NumberOf = (value) => numberOf($B, value);
  const check = (bytes: number): void => {
    if (bytes >= giant) admit(bytes);
  };
  const before = (owner: unknown, name: string, work: (args: unknown[]) => void): void => {
    wrap(
      restorer,
      owner,
      name,
      (original) =>
        function (...args) {
          work(args);
          return original.apply(this, args);
        },
    );
  };
  const { bytes, bytearray } = $B.builtins;

  before($B, 'rich_op1', ([operation, left, right]) => {
    check(bytesOfOperation(operation as string, left, right, number));
  });
  before($B, 'augm_assign', ([left, operation, right]) => {
    check(bytesOfOperation(assigned.get(operation as string) ?? '', left, right, number));
  });
  for (const type of [bytes, bytearray]) {
    before(type, 'tp_new', ([, args]) => check(number(Array.isArray(args) ? args[0] : Number.NaN)));
  }
  const methods = $B.builtins['str']?.['tp_funcs'];
  for (const [name, bytesOf] of textMethods) {
    before(methods, name, (args) => check(bytesOf(args, number)));
  }
  countItems($B, restorer, admit);
}

/**
 * List comprehensions tell of their items now and then, so that their growth and a limit can be
 * followed, and of their length when they are done: many die before anybody measures them.
 */
export function tellItems($B: BrythonInternals, restorer: Restorer): void {
  const hooks = `$B.${hooksMember}`;
  onNode($B, restorer, 'ListComp', (_, write) => {
    const js: unknown = write();
    // Its own comes first; those of comprehensions inside have told of theirs.
    const own = typeof js === 'string' ? /var (result_\w+) = \$B\.\$list\(\[\]\)/.exec(js) : null;
    if (own === null) return js as string;
    const result = own[1]!;
    return (js as string)
      .replace(`${result}.push(`, `${hooks}.item(${result}, `)
      .replace(
        `return ${result}\n`,
        `return ${hooks}.grown(${result}, ${result}, ${result}.length)\n`,
      );
  });
}

/**
 * What collects all items of an iterator is asked now and then whether there is room for those that
 * it has. Loops of the guest go through the same function, and collect nothing.
 */
function countItems(
  $B: BrythonInternals,
  restorer: Restorer,
  admit: (bytes: number) => void,
): void {
  type MakeIterator = (this: unknown, ...args: unknown[]) => Iterable<unknown>;
  const owner = $B as unknown as { make_js_iterator?: MakeIterator };
  const { make_js_iterator: make } = owner;
  if (make === undefined) return;
  let isCollecting = false;
  function* counted(items: Iterable<unknown>): Generator<unknown> {
    let count = 0;
    for (const item of items) {
      if (++count % itemsBetweenLooks === 0) admit(count * pointer);
      yield item;
    }
  }
  restorer.set(owner, 'make_js_iterator', function (...args) {
    const isCounted = isCollecting;
    isCollecting = false;
    const items = make.apply(this, args);
    return isCounted ? counted(items) : items;
  });
  const collecting = (type: unknown, name: string): void => {
    wrap(
      restorer,
      type,
      name,
      (original) =>
        function (...args) {
          isCollecting = true;
          try {
            return original.apply(this, args);
          } finally {
            isCollecting = false;
          }
        },
    );
  };
  const { list, tuple, bytes, bytearray, set, frozenset, dict } = $B.builtins;
  for (const type of [list, tuple, bytes, bytearray]) collecting(type, '$factory');
  for (const type of [list, set]) collecting(type, 'tp_init');
  for (const type of [tuple, frozenset, bytes, bytearray]) collecting(type, 'tp_new');
  collecting(list, '$unpack');
  collecting(list?.['tp_funcs'], 'extend');
  collecting(dict, 'fromkeys');
}

/** A member that is a function, by another one that has all that is on it. */
function wrap(
  restorer: Restorer,
  owner: unknown,
  name: string,
  make: (original: Slot) => Slot,
): void {
  const members = owner as Record<string, Slot> | undefined;
  if (typeof members?.[name] !== 'function') return;
  restorer.replace(members, name, (original) => {
    return Object.defineProperties(make(original), Object.getOwnPropertyDescriptors(original));
  });
}

/** Operations whose result may be much larger than what it is made of, by what they assign with. */
const assigned: ReadonlyMap<string, string> = new Map([
  ['*=', '__mul__'],
  ['**=', '__pow__'],
  ['<<=', '__lshift__'],
  ['%=', '__mod__'],
]);

function bytesOfOperation(
  operation: string,
  left: unknown,
  right: unknown,
  number: NumberOf,
): number {
  switch (operation) {
    case '__mul__':
      return Math.max(repeated(left, number(right)), repeated(right, number(left)));
    case '__pow__':
      return (bitsOf(number(left)) * number(right)) / 8;
    case '__lshift__':
      return number(right) / 8;
    case '__mod__':
      return typeof left === 'string' ? widthIn(left) : 0;
    default:
      return 0;
  }
}

/** 0 where nothing is repeated. */
function repeated(value: unknown, times: number): number {
  if (!(times > 0) || typeof value === 'number') return 0;
  if (typeof value === 'string') return value.length * times;
  return Array.isArray(value) ? value.length * times * pointer : sourceLength(value) * times;
}

/** Methods of str that give far more than they are given: the length of the result. */
const textMethods: ReadonlyMap<string, (args: unknown[], number: NumberOf) => number> = new Map([
  ...['center', 'ljust', 'rjust', 'zfill'].map(
    (name): [string, (args: unknown[], number: NumberOf) => number] => [
      name,
      ([, width], number) => number(width),
    ],
  ),
  ['expandtabs', ([text, width], number) => occurrences(text, '\t') * number(width ?? 8)],
  [
    'replace',
    ([text, old, by]) => {
      if (typeof text !== 'string' || typeof old !== 'string' || typeof by !== 'string') return 0;
      const growth = by.length - old.length;
      return growth <= 0 ? 0 : text.length + occurrences(text, old) * growth;
    },
  ],
  [
    'join',
    ([text, items]) => {
      if (typeof text !== 'string' || !Array.isArray(items)) return 0;
      const gaps = text.length * (items.length - 1);
      return items.reduce<number>(
        (sum, item) => sum + (typeof item === 'string' ? item.length : 0),
        gaps,
      );
    },
  ],
]);

function occurrences(text: unknown, part: string): number {
  return typeof text === 'string' ? text.split(part).length - 1 : 0;
}

const itemsBetweenLooks = 8192;

/** Bytes that CPython keeps an item in. */
const pointer = 8;

function numberOf($B: BrythonInternals, value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  const { value: long, ob_type: type } = (value ?? {}) as { value?: unknown; ob_type?: unknown };
  return typeof long === 'bigint' && type === $B.builtins['int'] ? Number(long) : Number.NaN;
}

function sourceLength(value: unknown): number {
  return (value as { source?: { length: number } } | null)?.source?.length ?? 0;
}

function bitsOf(value: number): number {
  return Math.abs(value) <= 1 ? 0 : Math.log2(Math.abs(value));
}

/** The widest field of a format: `%1000000d`. */
function widthIn(format: unknown): number {
  const widths =
    typeof format === 'string' ? format.match(/%[-+ #0]*\d{5,}|%[^%a-z]*\.\d{5,}/gi) : null;
  return Math.max(0, ...(widths ?? []).map((text) => Number(/\d+$/.exec(text)![0])));
}
