import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { BrythonInternals } from '../../src/brython/host.ts';
import {
  defaultCacheFolder,
  keepVerified,
  readVerified,
} from '../../src/brython/node/code-cache.ts';
import { LibraryCache } from '../../src/brython/node/library-cache.ts';

const parent = mkdtempSync(join(tmpdir(), 'tracemalloc-cache-'));
const folder = join(parent, 'cache');
const file = join(folder, 'a.js');
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  keepVerified(folder, 'a.js', 'return 1\n');
});
afterAll(() => rmSync(parent, { recursive: true }));

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('code is read back as it was kept, from a folder and files for their owner alone', () => {
  expect(readVerified(folder, 'a.js')).toBe('return 1\n');
  expect([mode(folder), mode(file), readdirSync(folder)]).toEqual(['700', '600', ['a.js']]);
});

const damages: Readonly<Record<string, () => void>> = {
  'cut short': () => writeFileSync(file, readFileSync(file, 'utf8').slice(0, -1)),
  empty: () => writeFileSync(file, ''),
  'somebody else’s': () => writeFileSync(file, 'process.exit(1)\n'),
  changed: () => writeFileSync(file, readFileSync(file, 'utf8').replace('1\n', '2\n')),
  'another file’s': () => {
    keepVerified(folder, 'b.js', 'return 2\n');
    renameSync(join(folder, 'b.js'), file);
  },
  'a link': () => {
    renameSync(file, join(parent, 'elsewhere.js'));
    symlinkSync(join(parent, 'elsewhere.js'), file);
  },
  'a folder': () => {
    rmSync(file);
    mkdirSync(file);
  },
  'writable by others': () => chmodSync(file, 0o666),
  'in a folder that others may write': () => chmodSync(folder, 0o777),
};

test.each(Object.entries(damages))('a file that is %s is not read', (_, damage) => {
  damage();
  expect(readVerified(folder, 'a.js')).toBeNull();
});

test('a file that is of no use is replaced when its code is made again', () => {
  writeFileSync(file, 'process.exit(1)\n');
  keepVerified(folder, 'a.js', 'return 1\n');
  expect(readVerified(folder, 'a.js')).toBe('return 1\n');
});

test('a folder that cannot be made is no cache', () => {
  keepVerified(join(file, 'below a file'), 'a.js', 'return 1\n');
  expect(readVerified(join(file, 'below a file'), 'a.js')).toBeNull();
});

test('the folder is where XDG_CACHE_HOME says, unless that depends on the working folder', () => {
  const home = { HOME: '/h' };
  expect(
    [{ XDG_CACHE_HOME: '/c' }, { XDG_CACHE_HOME: 'c' }, { XDG_CACHE_HOME: '' }, {}]
      .map((environment) => defaultCacheFolder({ ...home, ...environment }))
      .concat(defaultCacheFolder({ HOME: 'h' }), defaultCacheFolder({ HOME: '' })),
  ).toEqual([
    join('/c', 'tracemalloc'),
    join('/h', '.cache', 'tracemalloc'),
    join('/h', '.cache', 'tracemalloc'),
    join('/h', '.cache', 'tracemalloc'),
    null,
    null,
  ]);
});

test('modules are compiled anew where what was kept of them is damaged', () => {
  const library = (): BrythonInternals & {
    precompiled: Record<string, unknown>;
    VFS: Record<string, unknown[]>;
  } =>
    ({
      version_info: [3, 14, 3],
      implementation: [3, 14, 3],
      VFS: { a: ['.py', 'x', []], p: ['.py', 'y', []] },
      precompiled: {},
    }) as never;
  const first = library();
  const cache = new LibraryCache(first, folder, 'hash');
  Object.assign(first.precompiled, { a: 'code of a', p: ['code of p'] });
  cache.keep();
  const second = library();
  const again = new LibraryCache(second, folder, 'hash');
  // As Brython asks.
  const has = ({ precompiled }: typeof first, name: string): boolean =>
    (precompiled['hasOwnProperty'] as (name: string) => boolean)(name);
  const asked = (from: typeof first): unknown[] =>
    ['a', 'p', 'q'].map((name) => has(from, name) && from.precompiled[name]);
  expect(asked(second)).toEqual(['code of a', ['code of p'], false]);
  const [kept] = readdirSync(folder).filter((name) => name.startsWith('library-'));
  writeFileSync(join(folder, kept!, 'a.js'), 'process.exit(1)\n');
  const third = library();
  const healed = new LibraryCache(third, folder, 'hash');
  expect(asked(third)).toEqual([false, ['code of p'], false]);
  third.precompiled['a'] = 'code of a';
  healed.keep();
  again.keep();
  const last = library();
  expect(new LibraryCache(last, folder, 'hash')).toBeDefined();
  expect(asked(last)).toEqual(['code of a', ['code of p'], false]);
  // As the guest's module adds to gc.
  const changed = library();
  expect(new LibraryCache(changed, folder, 'hash')).toBeDefined();
  changed.VFS['a']![1] = 'x, and more';
  expect(asked(changed)).toEqual([false, ['code of p'], false]);
});
