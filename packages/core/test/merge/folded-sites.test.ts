import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/index.ts';
import { foldLevels, tiers } from '../../src/merge/fold-levels.ts';
import { SnapshotMerger } from '../../src/merge/index.ts';
import { namePattern } from '../../src/merge/name-pattern.ts';
import { runs } from '../runs.ts';
import { snapshotOf } from '../snapshot-text.ts';

function merged(snapshots: readonly Snapshot[], maxSites: number): Snapshot {
  const merger = new SnapshotMerger({ maxSites });
  for (const snapshot of snapshots) merger.add(snapshot);
  return merger.finish();
}

/** Sites as text, `place < callers type label: bytes in blocks`, and how far they are folded. */
function sitesOf(snapshot: Snapshot): { folded: unknown; sites: string[] } {
  const { sites, strings, tracebacks, frames } = snapshot.data;
  const frameText = (row: number) => {
    const name = strings[frames.functionName[row]!]!;
    return `${strings[frames.file[row]!]}:${frames.line[row]}${name === '' ? '' : ` ${name}`}`;
  };
  const texts = Array.from(sites.traceback, (row, site) => {
    const stack = tracebacks.frame.subarray(tracebacks.offset[row], tracebacks.offset[row + 1]);
    const names = [sites.type[site]!, sites.label[site]!].map((name) => strings[name]!);
    const figures = `${sites.liveSize[site]} in ${sites.liveCount[site]}`;
    return `${Array.from(stack, frameText).join(' < ')} ${names.join(' ')}: ${figures}`;
  });
  return { folded: snapshot.metadata['folded'] ?? null, sites: texts.sort() };
}

/** Pages whose own file nobody else has, and which share the others. */
function page(index: number): Snapshot {
  return snapshotOf(`
    10  lib/list.py:3 grow < page${index}.py:7
    20  page${index}.py:7
    30  page${index}.py:8  type=dict
  `);
}
const pages = Array.from({ length: 6 }, (_, index) => page(index));

describe('a sum of more sites than there may be', () => {
  test('is as it would be without a bound while there are few enough', () => {
    expect(sitesOf(merged(pages, 18))).toEqual(sitesOf(merged(pages, 1000)));
    expect(sitesOf(merged(pages, 18)).folded).toBe(null);
  });

  test('has patterns for names of which there are many, and leaves others as they are', () => {
    const own = snapshotOf('10  own1.py:3 f < page5.py:7\n5  own2.py:4  label=main2\n');
    expect(sitesOf(merged([...pages, own], 17))).toEqual({
      folded: { namesPerPattern: 1 },
      sites: [
        'lib/list.py:3 grow < page*.py:7  : 60 in 6',
        'own1.py:3 f < page5.py:7  : 10 in 1',
        'own2.py:4  main2: 5 in 1',
        'page*.py:7  : 120 in 6',
        'page*.py:8 dict : 180 in 6',
      ],
    });
  });

  test('folds labels, too: those of many files', () => {
    const labelled = ['a-1.tm', 'a-2.tm', 'b.tm'].map((name) =>
      snapshotOf(`5  a.py:1  label=${name}\n`),
    );
    expect(sitesOf(merged(labelled, 2))).toEqual({
      folded: { namesPerPattern: 1 },
      sites: ['a.py:1  a-*.tm: 10 in 2', 'a.py:1  b.tm: 5 in 1'],
    });
  });

  const names = ['ann', 'ben', 'cleo', 'dora', 'emil'];
  test('has one site for a line with many stacks, and for a file with many lines, and keeps others', () => {
    const stacks = names.map((name) => snapshotOf(`8  lib.py:3 < ${name}.py:1\n1  own.py:1 f\n`));
    expect(sitesOf(merged(stacks, 5))).toEqual({
      folded: { namesPerPattern: 1, stacksPerLine: 1 },
      sites: ['lib.py:3 < <many stacks>:0  : 40 in 5', 'own.py:1 f  : 5 in 5'],
    });
    const lines = names.map((_, line) => snapshotOf(`8  lib.py:${line} f < a.py:1\n1  own.py:1\n`));
    expect(sitesOf(merged(lines, 5))).toEqual({
      folded: { namesPerPattern: 1, stacksPerLine: 1, linesPerFile: 1 },
      sites: ['lib.py:0 < <many lines>:0  : 40 in 5', 'own.py:1  : 5 in 5'],
    });
  });

  test('has one site for a folder with many files, and at last one for all', () => {
    const files = names.map((name) => snapshotOf(`8  pages/${name}.py:1\n1  lib/a.py:1\n`));
    expect(sitesOf(merged(files, 5))).toEqual({
      folded: { namesPerPattern: 1, stacksPerLine: 1, linesPerFile: 1, filesPerFolder: 1 },
      sites: ['lib/a.py:1  : 5 in 5', 'pages/*:0 < <many files>:0  : 40 in 5'],
    });
    expect(sitesOf(merged(files, 1))).toEqual({
      folded: {
        namesPerPattern: 1,
        stacksPerLine: 1,
        linesPerFile: 1,
        filesPerFolder: 1,
        folders: 1,
      },
      sites: ['*:0 < <many folders>:0  : 45 in 10'],
    });
  });

  test('tells types apart by their whole names, and blocks by the power of two below their size', () => {
    const found = merged(
      [0, 1, 2].map((i) => snapshotOf(`16  p${i}.py:1  type=int32\n17  p${i}.py:1  type=int64\n`)),
      2,
    );
    expect(sitesOf(found).sites).toEqual(['p*.py:1 int32 : 48 in 3', 'p*.py:1 int64 : 51 in 3']);
    expect([...found.data.traces.size]).toEqual([16, 17]);
    expect([...found.data.traces.weight!]).toEqual([3, 3]);
    expect(found.metadata['addedUp']).toEqual({ rows: 'octaves', interval: 0 });
  });
});

type Site = { readonly file: string; readonly line: number; readonly rest: string };
const place = fc.tuple(
  fc.constantFrom('', 'app/', 'lib/deep/', 'tmp4711/', 'C:\\x\\'),
  fc.constantFrom('a', 'b', 'page1', 'page22', 'page333', 'f0f0f0', 'main'),
  fc.integer({ min: 1, max: 6 }),
);
const anySite = fc.tuple(
  place,
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom('', 'list', 'int8'),
);
const anyPage = fc.array(anySite, { minLength: 1, maxLength: 12 }).map((drawn) =>
  drawn.map(([[folder, name, line], caller, type]) => {
    const file = `${folder}${name}.py`;
    return { file, line, rest: ` < main${caller % 4}.py:${caller}  type=${type}` };
  }),
);

function snapshotOfSites(sites: readonly Site[]): Snapshot {
  const text = sites.map(({ file, line, rest }, i) => `${i + 1}  ${file}:${line}${rest}`);
  return snapshotOf(`${text.join('\n')}\n`);
}

/** The first level that is enough, and how many sites it leaves: by trying each on all sites at once. */
function expectedFold(all: readonly Site[], maxSites: number): [level: unknown, sites: number] {
  // From the folder down to the site itself: each part is a child of those before it.
  const paths = Array.from(new Set(all.map((site) => JSON.stringify(site))), (text) => {
    const { file, line, rest } = JSON.parse(text) as Site;
    const [, folder = '', name] = /^(.*[\\/])?([^\\/]*)$/.exec(namePattern(file))!;
    return [folder, name, line, rest.replace(/main\d/, namePattern), text];
  });
  const keyOf = (path: readonly unknown[], length: number) => JSON.stringify(path.slice(0, length));
  const childCounts = [4, 3, 2, 1, 0].map((length) => {
    const counts = new Map<string, number>();
    for (const child of new Set(paths.map((path) => keyOf(path, length + 1)))) {
      const parent = keyOf(JSON.parse(child) as unknown[], length);
      counts.set(parent, (counts.get(parent) ?? 0) + 1);
    }
    return counts;
  });
  for (const folded of foldLevels) {
    const bounds = tiers.map((tier) => folded?.[tier] ?? Number.POSITIVE_INFINITY);
    const active = folded === null ? 0 : Object.keys(folded).length - 1;
    const rows = [...childCounts[active]!.values()].reduce((sum, children) => {
      return sum + Math.min(children, bounds[active]!);
    }, 0);
    if (rows > maxSites) continue;
    const isFolded = (path: readonly unknown[], tier: number) =>
      childCounts[tier]!.get(keyOf(path, 4 - tier))! > bounds[tier]!;
    const left = paths.map((path) => {
      const tier = [4, 3, 2, 1, 0].find((each) => isFolded(path, each)) ?? -1;
      return keyOf(path, 4 - tier);
    });
    return [folded, new Set(left).size];
  }
  throw new Error('the last level leaves one site');
}

test('folded sums are what the rule says, in any order and any grouping', () => {
  const drawn = fc.array(fc.tuple(anyPage, fc.nat(), fc.nat(2)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 40 }), (parts, maxSites) => {
      const own = ([sites]: (typeof parts)[number]) => snapshotOfSites(sites);
      const whole = sitesOf(merged(parts.map(own), maxSites));
      const all = parts.flatMap(([sites]) => sites);
      const [folded, left] = expectedFold(all, maxSites);
      expect([whole.folded, whole.sites.length]).toEqual([folded, left]);
      const shuffled = [...parts].sort(([, a], [, b]) => a - b);
      const groups = [0, 1, 2]
        .map((group) => shuffled.filter(([, , chosen]) => chosen === group))
        .filter(({ length }) => length > 0)
        .map((group) => merged(group.map(own), maxSites));
      expect(sitesOf(merged(groups, maxSites))).toEqual(whole);
    }),
    { numRuns: runs(60) },
  );
});

test('the pattern of a pattern is itself', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-f0-9x./_-]{0,24}$/), (name) => {
      expect(namePattern(namePattern(name))).toBe(namePattern(name));
    }),
    { numRuns: runs(200) },
  );
});

test.each([
  ['page-0041.py', 'page-*.py'],
  ['app/mod7.py', 'app/mod*.py'],
  ['blob:https://a.b/3F2A9C1E-77aa-4bcd-8e1f-0123456789ab', 'blob:https://a.b/*'],
  ['main.3f2a9c.js', 'main.*.js'],
  ['<ipython-input-12>', '<ipython-input-*>'],
  ['k3j2h1', '*'],
  ['<lambda>', '<lambda>'],
  ['decade/façade.py', 'decade/façade.py'],
])('the pattern of %s is %s', (name, pattern) => {
  expect(namePattern(name)).toBe(pattern);
});

test('what metadata say of folding is believed only when it is a level', () => {
  const odd = page(1).withMetadata({ folded: { namesPerPattern: 1, stacksPerLine: 3 } });
  expect(sitesOf(merged([odd, page(2)], 100)).folded).toBe(null);
});
