import { isSameSize, type MeasuredContainer } from '../skulpt/containers.ts';
import { type Agreement, totalOf } from './parity.ts';
import { containerReasons, missingInSkulpt, type Reason, reasons } from './parity-reasons.ts';
import type { ProgramSet } from './program-set.ts';

/** What came of a set of programs. */
export type HostResults = {
  readonly name: ProgramSet['name'];
  readonly brython: readonly Agreement[];
  readonly skulpt: readonly Agreement[];
  readonly refused: readonly { readonly program: string }[];
};

const sets = {
  programs: 'one for each part of the language; sizes were fitted with them in sight',
  courses:
    'what courses set; measured before anything was changed for them, then Skulpt was fitted',
  unseen: 'written when that was done, and measured once; one kind of frame was fitted after it',
  last: 'written last, and measured once; then strs in Brython were told apart by the line of what holds them',
  newest:
    'written when all that was fitted, and measured once; then two kinds were mended: `str()` of exceptions, calls at the end of long texts',
} as const;

/** In Skulpt, of sizes within 10 %: the first time that a set was measured. */
const first = {
  programs: '46/60, six programs',
  courses: '64/100',
  unseen: '58/60',
  last: '110/120 (Brython 111/120)',
  newest: '78/90 (Brython 108/120)',
} as const;

/** What was measured by hand, of programs that are not kept here. */
const publicPrograms = [
  'Programs of TheAlgorithms/Python, python-patterns, geekcomputers/Python and pytudes in Brython, drawn by lot among those that end by',
  'themselves and leave ten lines or more. Measured once, 18 of them had 151 of 180 places in top and 136 with their size: half of what was',
  'missing was what CPython’s stdout, a pipe, had not written yet (lines of `print`), the rest mostly modules, which counted for the lines of',
  '`import`. Since these belong to the import machinery, and with `python -u`, it is 164 of 168 in top, 154 with their size, and 261 of 317',
  'tracebacks in 17 programs. The 56 that were missing were of two programs with type parameters (`class A[T]`), which have a frame of their own',
  'now as in CPython (not measured again); [python-differences.md](python-differences.md) has the other causes.',
];

/** docs/parity.md. @throws Error when a line differs and no reason is known. */
export function parityPage(
  results: readonly HostResults[],
  containers: readonly MeasuredContainer[],
): string {
  return `${[
    '# Parity with CPython',
    '',
    'The same programs in CPython 3.13, in Brython and in Skulpt 1.2.0: how far the ten biggest lines of each',
    'agree, by `npm run parity`. `npm run parity -- --write` writes this page.',
    '',
    '- **in top**: of the ten biggest lines in CPython, those that are among the ten biggest of the host.',
    '- **size**: of these, those with a size within 10 %.',
    '- **tracebacks**: of all tracebacks that end in a line that both know, those that both have, frame by frame.',
    '  Not counted are those in which CPython has nothing but the table of a class body that has ended, 120 bytes in the frame of the',
    `  body, which it keeps for a later dict (a free list): ${freeListsOf(results)} in the programs that both run, one a program at most.`,
    '',
    ...setsTable(results),
    '## The programs',
    '',
    ...programsTable(results),
    '## Where the hosts differ, and why',
    '',
    'Lines that are not among the host’s ten biggest, or whose size differs by more than 10 %. Brython and Skulpt',
    'differ from each other where only one of them has a line here.',
    '',
    ...reasonsTable(results),
    '## Public programs',
    '',
    ...publicPrograms,
    '',
    '## What Skulpt 1.2.0 can’t run',
    '',
    ...table(['program', 'it lacks'], refusals(results)),
    '## Containers in Skulpt',
    '',
    ...containerTables(containers),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function freeListsOf(results: readonly HostResults[]): number {
  return totalOf(results.flatMap(({ skulpt }) => skulpt)).freeLists;
}

function setsTable(results: readonly HostResults[]): string[] {
  const rows = results.map(({ name, brython, skulpt }) => {
    const common = ofSkulpt(brython, skulpt);
    return [
      `\`${name}\``,
      sets[name],
      String(skulpt.length),
      ...shares(totalOf(common), totalOf(skulpt)),
      first[name],
    ];
  });
  const skulpt = results.flatMap((one) => one.skulpt);
  const brython = ofSkulpt(
    results.flatMap((one) => one.brython),
    skulpt,
  );
  rows.push(['all', '', String(skulpt.length), ...shares(totalOf(brython), totalOf(skulpt)), '']);
  const header = ['set', 'what it is', 'both run', ...shareHeader, 'Skulpt’s sizes at first'];
  return table(header, rows);
}

function programsTable(results: readonly HostResults[]): string[] {
  const rows = results.flatMap(({ brython, skulpt }) =>
    brython.map((one) => {
      const other = skulpt.find(({ program }) => program === one.program);
      return [`\`${one.program}\``, ...shares(one, other)];
    }),
  );
  return table(['program', ...shareHeader], rows);
}

const shareHeader = [
  'in top, Brython',
  'Skulpt',
  'size, Brython',
  'Skulpt',
  'tracebacks, Brython',
  'Skulpt',
];

function shares(brython: Agreement, skulpt: Agreement | undefined): string[] {
  const share = (pick: (one: Agreement) => string): string[] => [
    pick(brython),
    skulpt === undefined ? '–' : pick(skulpt),
  ];
  return [
    ...share((one) => `${one.inTop}/${one.places}`),
    ...share((one) => `${one.sameSize}/${one.places}`),
    ...share((one) => `${one.sameTracebacks}/${one.tracebacks}`),
  ];
}

/** Brython's answers to the programs that Skulpt can run. */
function ofSkulpt(brython: readonly Agreement[], skulpt: readonly Agreement[]): Agreement[] {
  const programs = new Set(skulpt.map(({ program }) => program));
  return brython.filter(({ program }) => programs.has(program));
}

function reasonsTable(results: readonly HostResults[]): string[] {
  const off = {
    Brython: results.flatMap(({ brython }) => brython.flatMap((one) => one.off)),
    Skulpt: results.flatMap(({ skulpt }) => skulpt.flatMap((one) => one.off)),
  };
  const known = new Set(reasons.flatMap(({ host, lines }) => lines.map((line) => host + line)));
  const unknown = (['Brython', 'Skulpt'] as const).flatMap((host) =>
    off[host].filter((line) => !known.has(host + line)).map((line) => `${host} ${line}`),
  );
  if (unknown.length > 0) {
    throw new Error(`parity-reasons.ts must say why these differ: ${unknown.join(', ')}`);
  }
  const rows = reasons
    .map((reason) => ({
      ...reason,
      lines: reason.lines.filter((l) => off[reason.host].includes(l)),
    }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ host, why, lines }) => [host, why, String(lines.length), listOf(lines)]);
  return table(['host', 'why', 'lines', 'which'], rows);
}

/** Lines by file: `a.py` 3, 7. */
function listOf(lines: Reason['lines']): string {
  const byFile = new Map<string, string[]>();
  for (const line of lines) {
    const [file = '', number = ''] = line.split(':');
    byFile.set(file, [...(byFile.get(file) ?? []), number]);
  }
  return [...byFile].map(([file, numbers]) => `\`${file}\` ${numbers.join(', ')}`).join('; ');
}

function refusals(results: readonly HostResults[]): string[][] {
  return results
    .flatMap(({ refused }) => refused)
    .map(({ program }) => [`\`${program}\``, missingInSkulpt[program] ?? 'unknown']);
}

function containerTables(containers: readonly MeasuredContainer[]): string[] {
  const groups = [...new Set(containers.map(({ group }) => group))];
  const total = (group?: string): string[] => {
    const some = containers.filter((one) => group === undefined || one.group === group);
    const kinds = new Set(some.map((one) => one.name)).size;
    return [group ?? 'all', String(kinds), `${some.filter(isSameSize).length}/${some.length}`];
  };
  const off = containers.filter((one) => !isSameSize(one));
  const rows = off.map(({ group, name, n, bytes, guest }) => {
    const why = containerReasons[`${group}: ${name}`];
    if (why === undefined) throw new Error(`parity-reasons.ts must say why ${name} differs`);
    return [`${group}: ${name}`, String(n), String(bytes), String(guest), why];
  });
  return [
    'Containers made in many ways (`test/python/measure_containers.py`), of 0, 1, 5, 10, 100, 1000 and 10000 items, and',
    'objects with up to 40 attributes: those whose bytes are within 10 % of what CPython allocates for the same.',
    '',
    ...table(['kind', 'ways to make it', 'within 10 %'], [...groups.map(total), total()]),
    ...table(['differs', 'items', 'CPython', 'Skulpt', 'why'], rows),
  ];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line), ''];
}
