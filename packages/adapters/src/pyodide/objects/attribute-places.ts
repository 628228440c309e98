import type { Address, Memory, PyodideHost } from '../host.ts';
import type { Layout } from '../layout.ts';

/** Where the attributes of objects lie that have no dict, and their names: CPython publishes none of it. */
export type AttributePlaces = {
  /** In a class: the table of names that its objects share. */
  readonly sharedKeys: number;
  /** In such a table: its entries, behind an index of so many bytes as it says. */
  readonly entries: number;
};

const program = `import sys
class Sample: pass
sample = Sample()
sample.tracemalloc_first = [1]
sample.tracemalloc_second = [2]
' '.join(str(id(x)) for x in (Sample, sample, sample.tracemalloc_first, sample.tracemalloc_second,
    sys.intern('tracemalloc_first'), sys.intern('tracemalloc_second')))
`;

/** Behind a byte that says how many have room, one of how many there are, and whether it is embedded. */
const validByte = 3;
const firstValue = 4;
/** In a table of names: the base 2 logarithm of the bytes of its index, what kind it is, and how many names it has. */
const keys = { indexSize: 5, kind: 6, length: 16, split: 2 } as const;
const entrySize = 8;
/** `SHARED_KEYS_MAX_SIZE` is 30. */
const mostNames = 64;
/** `Py_TPFLAGS_INLINE_VALUES` */
const hasValues = 1 << 2;
/** No class of C's is larger. */
const classSize = 1200;
const headSize = 40;

/** Looks for them in a class whose names and values are known; `null` where they are not as in CPython 3.13 and 3.14. */
export function findAttributePlaces(
  host: PyodideHost,
  memory: Memory,
  layout: Layout,
): AttributePlaces | null {
  const globals = host.runPython('dict()') as { destroy?(): void };
  try {
    const known = String(
      host.runPython(program, { filename: 'tracemalloc-self-test.py', globals }),
    );
    const [type = 0, object = 0, first, second, ...names] = known.split(' ').map(Number);
    memory.refresh();
    const values = valuesOf(memory, layout, object, type);
    if (values === 0 || memory.word(values) >>> 0 !== first) return null;
    if (memory.word(values + 4) >>> 0 !== second) return null;
    for (let sharedKeys = 0; sharedKeys < classSize; sharedKeys += 4) {
      const table = memory.word(type + sharedKeys) >>> 0;
      for (let entries = keys.length + 4; entries < headSize; entries += 4) {
        const at = entriesOf(memory, table, entries);
        const isIt = names.every((name, i) => memory.word(at + i * entrySize) >>> 0 === name);
        if (isIt && memory.word(table + keys.length) === names.length)
          return { sharedKeys, entries };
      }
    }
    return null;
  } finally {
    globals.destroy?.();
  }
}

/** Where the values of an object's attributes lie in itself; 0 where they don't. */
export function valuesOf(memory: Memory, layout: Layout, object: Address, type: Address): Address {
  if ((memory.word(type + layout.typeFlags) & hasValues) === 0) return 0;
  const at = object + memory.word(type + layout.typeSize);
  return memory.u8[at + validByte] === 1 ? at + firstValue : 0;
}

/** The names of such values, in their order: addresses of strs. */
export function attributeNames(
  memory: Memory,
  { sharedKeys, entries }: AttributePlaces,
  type: Address,
): Address[] {
  const table = memory.word(type + sharedKeys) >>> 0;
  if (table === 0) return [];
  const at = entriesOf(memory, table, entries);
  const length = Math.min(memory.word(table + keys.length) >>> 0, mostNames);
  return Array.from({ length }, (_, i) => memory.word(at + i * entrySize) >>> 0);
}

/** Whether a dict has its names in a table that belongs to the class. */
export function isShared(memory: Memory, table: Address): boolean {
  return memory.u8[table + keys.kind] === keys.split;
}

function entriesOf(memory: Memory, table: Address, entries: number): Address {
  return table + entries + 2 ** (memory.u8[table + keys.indexSize] ?? 0);
}
