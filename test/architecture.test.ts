import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const coreDoors = ['core/src/index.ts'];
const codec = 'core/src/codec';
const metric = 'core/src/metric';

/** What each part of the source may import besides itself: ARCHITECTURE.md's diagram as data. */
const mayUse: Record<string, readonly string[]> = {
  'core/src/base': [],
  'core/src/table': ['core/src/base'],
  'core/src/tracer': ['core/src/base', 'core/src/table'],
  'core/src/snapshot': ['core/src/base', 'core/src/table'],
  'core/src/statistics': ['core/src/base', 'core/src/table', 'core/src/snapshot'],
  'core/src/api': [
    'core/src/base',
    'core/src/table',
    'core/src/tracer',
    'core/src/snapshot',
    'core/src/statistics',
  ],
  [codec]: ['core/src/base', 'core/src/table', 'core/src/snapshot', 'core/src/api'],
  'core/src/glob': ['core/src/base', 'core/src/snapshot'],
  'core/src/merge': ['core/src/base', 'core/src/table', 'core/src/snapshot', 'core/src/api'],
  [metric]: ['core/src/base', 'core/src/snapshot'],
  'core/src/index.ts': [
    'core/src/api',
    'core/src/base',
    'core/src/snapshot',
    'core/src/statistics',
    'core/src/tracer',
  ],
  'adapters/src/python-module': [...coreDoors, codec, 'formats/src/pickle'],
  // The watchers that find out what died are Brython's.
  'adapters/src/frees': [],
  'adapters/src/python-sizes': [],
  'adapters/src/callbacks': [...coreDoors, 'adapters/src/frees'],
  'adapters/src/brython': [
    ...coreDoors,
    'adapters/src/frees',
    'adapters/src/python-module',
    'adapters/src/python-sizes',
  ],
  'adapters/src/skulpt': [
    ...coreDoors,
    'adapters/src/callbacks',
    'adapters/src/frees',
    'adapters/src/python-module',
    'adapters/src/python-sizes',
  ],
  'adapters/src/wasmoon': [...coreDoors, 'adapters/src/callbacks'],
  'formats/src/pickle': [...coreDoors, codec],
  'formats/src/shared': [...coreDoors, metric],
  'formats/src/collapsed': [...coreDoors, metric, 'formats/src/shared'],
  'formats/src/csv': [...coreDoors, metric, 'formats/src/shared'],
  'formats/src/firefox': [...coreDoors, metric, 'formats/src/shared'],
  'formats/src/heapprofile': [...coreDoors, metric, 'formats/src/shared'],
  'formats/src/json': [...coreDoors, metric, 'formats/src/shared'],
  'formats/src/pprof': [...coreDoors, metric, 'formats/src/shared'],
  'formats/src/speedscope': [...coreDoors, metric, 'formats/src/shared'],
  'report/src/html': [...coreDoors, 'report/src/model'],
  'report/src/model': [...coreDoors, metric, 'core/src/merge'],
  'report/src/text': [...coreDoors, metric, 'report/src/model'],
  'report/src/index.ts': [metric, 'report/src/model', 'report/src/text'],
  'vitest/src/assert': [...coreDoors],
  'vitest/src': [...coreDoors, 'vitest/src/assert'],
  'cli/src': [
    ...coreDoors,
    codec,
    'core/src/glob',
    'core/src/merge',
    'adapters/src/brython',
    'adapters/src/python-module',
    'adapters/src/skulpt',
    'adapters/src/wasmoon',
    'formats/src/pickle',
    'report/src/index.ts',
    'report/src/html',
  ],
};

/** Parts that may import Node's own modules; everything else runs in a browser too. */
const nodeParts = [
  'cli/src',
  'vitest/src',
  'adapters/src/frees/node',
  'adapters/src/callbacks/node',
  'adapters/src/python-module/node',
  'adapters/src/brython/node',
  'adapters/src/skulpt/node',
];

const root = fileURLToPath(new URL('../packages/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /^[^/]+\/src\/.*(?<!\.d)\.ts$/.test(path));

function partOf(path: string): string | undefined {
  return Object.keys(mayUse).find((part) => path === part || path.startsWith(`${part}/`));
}

function specifiersOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const found = source.matchAll(/^(?:import|export)\b[^;]*?['"]([^'"]+)['"];/gms);
  return Array.from(found, ([, specifier = '']) => specifier);
}

function targetOf(file: string, specifier: string): string[] {
  if (specifier.startsWith('.')) return [join(dirname(file), specifier)];
  const workspace = /^@tracemalloc\/([^/]+)\/?(.*)$/.exec(specifier);
  return workspace ? [join(workspace[1] ?? '', 'src', workspace[2] ?? '', 'index.ts')] : [];
}

test.each(files)('%s imports only what its part may use', (file) => {
  const part = partOf(file);
  expect(part, `${file} belongs to no part: add it to mayUse`).toBeDefined();
  const allowed = [part, ...(mayUse[part ?? ''] ?? [])];
  const targets = specifiersOf(file).flatMap((specifier) => targetOf(file, specifier));
  expect(targets.filter((target) => !allowed.includes(partOf(target)))).toEqual([]);
});

test('only the command line and the Node hosts import node: modules', () => {
  const users = files.filter((file) =>
    specifiersOf(file).some((specifier) => specifier.startsWith('node:')),
  );
  const strangers = users.filter((file) => !nodeParts.some((part) => file.startsWith(`${part}/`)));
  expect(strangers).toEqual([]);
});
