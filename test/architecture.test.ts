import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { circles, computed, specifiersOf, targetOf } from './architecture/imports.ts';
import { publicNames } from './architecture/public-names.ts';
import { ImportTable } from './architecture/table.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const table = new ImportTable(readFileSync(`${root}ARCHITECTURE.md`, 'utf8'));

/** What ships: the sources of all packages and the page of the reports. */
const files = readdirSync(`${root}packages`, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /^[^/]+\/(?:src|app|page)\/.*(?<!\.d)\.tsx?$/.test(path));

const imports = new Map(
  files.map((file) => [file, specifiersOf(file, readFileSync(`${root}packages/${file}`, 'utf8'))]),
);

const packageOf = (file: string): string | undefined => file.split('/')[0];

/** What a file imports and its part may not. */
function forbidden(file: string, specifiers: readonly string[]): string[] {
  const part = table.partOf(file);
  if (part === null) return ['anything: it belongs to no row of the table of imports'];
  const mayUseNode = file.includes('/node/') || table.allows(part, 'node:');
  return specifiers.filter((specifier) => {
    if (specifier.startsWith('node:') || specifier === computed) return !mayUseNode;
    const target = targetOf(file, specifier);
    if (target === null) return false;
    const other = table.partOf(target);
    if (specifier.startsWith('.') && packageOf(target) !== packageOf(file)) return true;
    return other === null || (other !== part && !table.allows(part, other));
  });
}

test("every file imports only what ARCHITECTURE.md's table of imports allows its part", () => {
  const wrong = [...imports].flatMap(([file, specifiers]) =>
    forbidden(file, specifiers).map((specifier) => `${file} may not import ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

test('no file imports itself by way of others, not even for types', () => {
  const edges = Array.from(imports, ([file, specifiers]): [string, string[]] => [
    file,
    specifiers.flatMap((specifier) => targetOf(file, specifier) ?? []),
  ]);
  const found = circles(new Map(edges));
  expect(found).toEqual([]);
});

test('no part of the table may import itself by way of others', () => {
  const { rows } = table;
  const mayImport = (row: readonly string[], other: readonly string[]) =>
    row !== other && row.some((part) => other.some((target) => table.allows(part, target)));
  const edges = rows.map((row): [string, string[]] => [
    row.join(),
    rows.filter((other) => mayImport(row, other)).map((other) => other.join()),
  ]);
  expect(circles(new Map(edges))).toEqual([]);
});

test('imports are seen in every form that TypeScript has', () => {
  const source = `
    import type { A } from './types.ts';
    import './effects.ts';
    export * from './all.ts';
    export type { B } from './others.ts';
    export { c, d } from './values.ts';
    const late = await import('./late.ts');
    let inType: import('./in-type.ts').C;
    const view = <p>{await import(name)}</p>; // import('./comment.ts')
  `;
  expect(specifiersOf('view.tsx', source).sort()).toEqual([
    computed,
    './all.ts',
    './effects.ts',
    './in-type.ts',
    './late.ts',
    './others.ts',
    './types.ts',
    './values.ts',
  ]);
});

test('what the table does not allow is found, by import() and in the page too', () => {
  expect([
    forbidden('core/src/base/check.ts', ['../api/tracer.ts', './errors.ts', 'node:fs', computed]),
    forbidden('report/app/views/flame.tsx', ['preact', '@tracemalloc/core/codec', '../text.ts']),
    forbidden('cli/src/main.ts', ['node:fs', './filters.ts', '../../core/src/index.ts']),
    forbidden('core/src/new-part/file.ts', []),
  ]).toEqual([
    ['../api/tracer.ts', 'node:fs', computed],
    ['@tracemalloc/core/codec'],
    ['../../core/src/index.ts'],
    ['anything: it belongs to no row of the table of imports'],
  ]);
});

test('circles are found at any length', () => {
  const edges = { a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['d'], f: ['a'], g: ['g'] };
  expect(circles(new Map(Object.entries(edges)))).toEqual([['d', 'e'], ['a', 'b', 'c'], ['g']]);
});

test('every public name, and each of its members, says in a doc comment what it is', () => {
  const manifests = readdirSync(`${root}packages`).map((name) => {
    const text = readFileSync(`${root}packages/${name}/package.json`, 'utf8');
    const { exports } = JSON.parse(text) as { exports: Record<string, Record<string, string>> };
    return { name, doors: Object.values(exports) };
  });
  const files = manifests.flatMap(({ name, doors }) =>
    doors.flatMap((door) => door['@tracemalloc/source'] ?? []).map((file) => join(name, file)),
  );
  const silent = files.flatMap((file) =>
    publicNames(`${root}packages/${file}`).flatMap((one) =>
      [
        ...(one.isDocumented ? [] : [one.name]),
        ...one.silentMembers.map((member) => `${one.name}.${member}`),
      ].map((name) => `${file}: ${name} (${one.file.slice(root.length)})`),
    ),
  );
  expect(silent).toEqual([]);
});
