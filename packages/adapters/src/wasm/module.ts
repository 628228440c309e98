import { ByteReader, damaged } from './bytes.ts';
import {
  type Export,
  type FunctionType,
  readExports,
  readFunctionNames,
  readImports,
  readNumbers,
  readTypes,
  type Section,
  section,
} from './sections.ts';

const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** What a WASM module says of its functions. */
export class WasmModule {
  /** Functions that are imported: their indices come before those of the module's own. */
  readonly importedFunctions: number;
  /** Functions in all. */
  readonly functionCount: number;
  readonly #exports: ReadonlyMap<string, Export>;
  readonly #names: ReadonlyMap<number, string>;
  readonly #types: readonly FunctionType[];
  readonly #typeOf: readonly number[];

  /** @throws TracemallocError `corrupt` or `unsupported` for bytes that are no such module. */
  constructor(sections: readonly Section[]) {
    const payload = (id: number) => sections.find((one) => one.id === id)?.payload ?? empty;
    this.#types = readTypes(payload(section.type));
    const imported = readImports(payload(section.import)).functions;
    this.#typeOf = [...imported, ...readNumbers(payload(section.function))];
    this.importedFunctions = imported.length;
    this.functionCount = this.#typeOf.length;
    this.#exports = readExports(payload(section.export));
    const names = new Map<number, string>();
    for (const { id, payload } of sections) {
      if (id !== section.custom) continue;
      for (const [index, name] of readFunctionNames(payload)) names.set(index, name);
    }
    this.#names = names;
  }

  /** The index of a function by its export, or by the module's name section; −1 for none. */
  indexOf(name: string): number {
    const exported = this.#exports.get(name);
    if (exported !== undefined) return exported.kind === 0 ? exported.index : -1;
    for (const [index, known] of this.#names) if (known === name) return index;
    return -1;
  }

  /** A function's name by the name section, or by its first export; `null` for none. */
  nameOf(index: number): string | null {
    const name = this.#names.get(index);
    if (name !== undefined) return name;
    for (const [exported, { kind, index: at }] of this.#exports) {
      if (kind === 0 && at === index) return exported;
    }
    return null;
  }

  /** Types as letters: `ii:i` takes two i32 and gives one; `j` i64, `f` f32, `d` f64, `?` another. */
  signatureOf(index: number): string | null {
    const type = this.#types[this.#typeOf[index] ?? -1];
    return type === undefined ? null : `${type.parameters}:${type.results}`;
  }
}

const empty = Uint8Array.of(0);

/**
 * Reads what a module's bytes say of its functions: exports, the name section, types.
 * @throws TracemallocError `corrupt` for bytes that are no whole module; `unsupported` for one whose
 *   types are not functions alone. Cost: O(functions); code and data are skipped.
 */
export function readWasmModule(bytes: Uint8Array): WasmModule {
  checkMagic(bytes);
  const reader = new ByteReader(bytes, magic.length);
  const sections: Section[] = [];
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const payload = reader.take(reader.u32());
    if (id !== section.code && id !== section.data) sections.push({ id, payload });
  }
  return new WasmModule(sections);
}

/** @throws TracemallocError `corrupt` unless a module begins so. */
export function checkMagic(bytes: Uint8Array): void {
  if (magic.some((byte, i) => bytes[i] !== byte)) {
    throw damaged('it does not begin as modules of version 1 do', 0);
  }
}
