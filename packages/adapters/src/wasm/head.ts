import { TracemallocError } from '@tracemalloc/core';
import { ByteReader, concat, nameBytes, signed, unsigned } from './bytes.ts';
import {
  type Export,
  readExports,
  readImports,
  readLimits,
  readNumbers,
  readTypes,
  type Section,
  section,
} from './sections.ts';

/** Names of what is added to a module's exports. */
export const added = {
  /** The table whose slots are what replaced functions call. */
  table: 'tracemalloc.table',
  /** A function as it was, with its slot, signature and name: `tracemalloc.function 0 ii:i malloc`. */
  function: 'tracemalloc.function ',
  /** Whether a slot is in use: `tracemalloc.on 0`. */
  on: 'tracemalloc.on ',
};

type Target = { readonly name: string; readonly index: number };

/** What a module is to be made into. */
export type Wish = {
  /** Functions that can be replaced: by export, by index, or by an index that goes by a name. */
  readonly functions: readonly (string | number | Target)[];
  /** The name under which its first table is exported, so that it can grow; `null`: it stays as it is. */
  readonly exportTable: string | null;
};

/** A function whose body is moved to the end; what stands in its place calls one or the other. */
export type Replaced = {
  /** Number of its body in the code section. */
  readonly body: number;
  /** What stands in its place: a whole body with its size before it. */
  readonly trampoline: Uint8Array;
};

export type Head = { readonly bytes: Uint8Array; readonly replaced: readonly Replaced[] };

/** Sections in the order in which they must stand. */
const order: readonly number[] = [
  section.type,
  section.import,
  section.function,
  section.table,
  section.memory,
  section.tag,
  section.global,
  section.export,
];

/** Whether a section comes before all code, or may. */
export function isOfHead(id: number): boolean {
  return order.includes(id);
}

/** The sections before the code, rewritten. No index of the module changes. */
export class HeadRewriter {
  readonly #payloads: Map<number, Uint8Array>;
  readonly #custom: readonly Section[];
  readonly #wish: Wish;

  constructor(sections: readonly Section[], wish: Wish) {
    this.#payloads = new Map(
      sections.filter(({ id }) => isOfHead(id)).map(({ id, payload }) => [id, payload]),
    );
    this.#custom = sections.filter(({ id }) => !isOfHead(id));
    this.#wish = wish;
  }

  rewrite(): Head {
    const types = readTypes(this.#payload(section.type));
    const imports = readImports(this.#payload(section.import));
    const functions = readNumbers(this.#payload(section.function));
    const targets = this.#targets(imports.functions.length, functions.length);
    const table = imports.tables + this.#count(section.table);
    const firstGlobal = imports.globals + this.#count(section.global);
    const exports: number[][] = [];
    const replaced = targets.map(({ name, index }, slot) => {
      const body = index - imports.functions.length;
      const typeNumber = functions[body]!;
      const type = types[typeNumber];
      const original = imports.functions.length + functions.length + slot;
      if (type === undefined || type.parameters.includes('?') || type.results.includes('?')) {
        throw new TracemallocError(
          'unsupported',
          `${name} takes or gives what JavaScript can't hold (a vector or a reference), so it can't be replaced`,
          { function: name },
        );
      }
      const signature = `${type.parameters}:${type.results}`;
      exports.push([
        ...nameBytes(`${added.function}${slot} ${signature} ${name}`),
        0,
        ...unsigned(original),
      ]);
      exports.push([...nameBytes(`${added.on}${slot}`), 3, ...unsigned(firstGlobal + slot)]);
      const code = trampoline({
        parameters: type.parameters.length,
        type: typeNumber,
        flag: firstGlobal + slot,
        original,
        table,
        slot,
      });
      return { body, trampoline: code };
    });
    const copies = targets.map(({ index }) =>
      unsigned(functions[index - imports.functions.length]!),
    );
    this.#append(section.function, copies);
    if (this.#wish.exportTable !== null) exports.push(this.#exportedTable(imports.tables));
    if (targets.length > 0) {
      exports.push([...nameBytes(added.table), 1, ...unsigned(table)]);
      // A table of functions, as large as is needed, and no larger.
      this.#append(section.table, [[0x70, 0, ...unsigned(targets.length)]]);
      // Mutable integers that are 0.
      this.#append(
        section.global,
        targets.map(() => [0x7f, 1, 0x41, 0, 0x0b]),
      );
    }
    this.#append(section.export, exports);
    return { bytes: this.#written(), replaced };
  }

  #payload(id: number): Uint8Array {
    return this.#payloads.get(id) ?? Uint8Array.of(0);
  }

  #count(id: number): number {
    return new ByteReader(this.#payload(id)).u32();
  }

  /** What is to be replaced, each function once. */
  #targets(imported: number, defined: number): Target[] {
    const exports = readExports(this.#payload(section.export));
    if ([...exports.keys()].some((name) => name.startsWith(added.function))) {
      throw new TracemallocError('misuse', 'the WASM module was rewritten already');
    }
    const targets = new Map<number, Target>();
    for (const wished of this.#wish.functions) {
      const target = targetOf(wished, exports);
      const { name, index } = target;
      if (!Number.isInteger(index) || index < 0 || index >= imported + defined) {
        throw new RangeError(
          typeof wished === 'string'
            ? `the WASM module has no function ${JSON.stringify(wished)}`
            : `the WASM module has functions 0 to ${imported + defined - 1}, got ${index}`,
        );
      }
      if (index < imported) {
        throw new RangeError(
          `function ${name} of the WASM module is imported: replace it in the imports`,
        );
      }
      if (!targets.has(index)) targets.set(index, target);
    }
    return [...targets.values()];
  }

  /** Appends items to a section that is a vector. */
  #append(id: number, items: readonly number[][]): void {
    if (items.length === 0) return;
    const payload = this.#payload(id);
    const reader = new ByteReader(payload);
    const count = reader.u32();
    this.#payloads.set(
      id,
      concat([unsigned(count + items.length), payload.subarray(reader.at), ...items]),
    );
  }

  /** The export of table 0, which loses its greatest size if it is the module's own. */
  #exportedTable(imported: number): number[] {
    if (imported === 0) {
      const reader = new ByteReader(this.#payload(section.table));
      const count = reader.u32();
      const start = reader.at;
      const kind = count === 0 ? 0 : reader.byte();
      if (kind !== 0x70) {
        const found = count === 0 ? 'has no table' : 'has another kind of table than of functions';
        throw new TracemallocError(
          'unsupported',
          `the WASM module ${found}, so none can be exported`,
        );
      }
      const least = new ByteReader(reader.bytes, reader.at + 1);
      const minimum = least.u32();
      readLimits(reader);
      this.#payloads.set(
        section.table,
        concat([
          reader.bytes.subarray(0, start),
          [0x70, 0, ...unsigned(minimum)],
          reader.bytes.subarray(reader.at),
        ]),
      );
    }
    return [...nameBytes(this.#wish.exportTable!), 1, 0];
  }

  #written(): Uint8Array {
    const parts: ArrayLike<number>[] = this.#custom.map(sectionBytes);
    for (const id of order) {
      const payload = this.#payloads.get(id);
      if (payload !== undefined) parts.push(sectionBytes({ id, payload }));
    }
    return concat(parts);
  }
}

function targetOf(wished: string | number | Target, exports: ReadonlyMap<string, Export>): Target {
  if (typeof wished === 'object') return wished;
  if (typeof wished === 'number') return { name: String(wished), index: wished };
  const exported = exports.get(wished);
  return { name: wished, index: exported?.kind === 0 ? exported.index : -1 };
}

function sectionBytes({ id, payload }: Section): Uint8Array {
  return concat([[id], unsigned(payload.length), payload]);
}

type Trampoline = {
  readonly parameters: number;
  readonly type: number;
  readonly flag: number;
  readonly original: number;
  readonly table: number;
  readonly slot: number;
};

/** A body that calls the original, unless its flag says that the slot has something to call. */
function trampoline(of: Trampoline): Uint8Array {
  const { parameters, type, flag, original, table, slot } = of;
  const handOn = Array.from({ length: parameters }, (_, i) => [0x20, ...unsigned(i)]).flat();
  const code = [
    0, // no variables
    ...[0x23, ...unsigned(flag), 0x45, 0x04, 0x40], // if the flag is 0
    ...[...handOn, 0x10, ...unsigned(original), 0x0f, 0x0b], // return original(…)
    ...[...handOn, 0x41, ...signed(slot), 0x11, ...unsigned(type), ...unsigned(table)],
    0x0b,
  ];
  return Uint8Array.from([...unsigned(code.length), ...code]);
}
