/** The table of allowed imports, as `ARCHITECTURE.md` has it: parts and what each may import. */
export class ImportTable {
  /** The parts that each row is about. */
  readonly rows: readonly (readonly string[])[];
  readonly #allowed: ReadonlyMap<string, readonly string[]>;

  constructor(architecture: string) {
    const rows = rowsOf(architecture);
    this.rows = rows.map(([parts]) => parts);
    this.#allowed = new Map(
      rows.flatMap(([parts, allowed]) => parts.map((part) => [part, allowed] as const)),
    );
  }

  /**
   * The part that a file below `packages` belongs to, `core/table` for `core/src/table/x.ts`: the
   * row with the longest name, one that ends in `/*` where no other does. Null if there is none.
   */
  partOf(file: string): string | null {
    const folders = file.replace('/src/', '/').split('/').slice(0, -1);
    const shortest = Math.min(folders.length, 2);
    for (let depth = folders.length; depth >= shortest; depth--) {
      const part = folders.slice(0, depth).join('/');
      if (this.#allowed.has(part)) return part;
    }
    return this.#allowed.has(`${folders[0]}/*`) ? folders.slice(0, shortest).join('/') : null;
  }

  /** Whether a part may import another, or a `node:` module. */
  allows(part: string, target: string): boolean {
    const [own = ''] = part.split('/');
    const allowed = this.#allowed.get(part) ?? this.#allowed.get(`${own}/*`) ?? [];
    return allowed.some((name) => meansPart(name, target));
  }
}

function meansPart(name: string, part: string): boolean {
  if (!name.endsWith('/*')) return name === part;
  const owner = name.slice(0, -2);
  return part === owner || part.startsWith(`${owner}/`);
}

/** The rows of the table below the heading: names in backticks, several parts in a row or one. */
function rowsOf(architecture: string): [parts: string[], allowed: string[]][] {
  const [, section = ''] = architecture.split('\n## Allowed imports\n');
  const [table = ''] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [, parts = '', allowed = ''] = row.split('|');
    return [namesIn(parts), namesIn(allowed)];
  });
}

function namesIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
}
