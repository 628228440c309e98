import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Filter, type Snapshot } from '@tracemalloc/core';
import { analysed } from '../analysis.ts';
import { CpythonServer } from '../cpython/client.ts';
import { cpu } from './ours.ts';

const shape = { traces: 1e6, depth: 25 };

/** What {@link measureFirstCalls} measures, and what CPython's side calls it. */
const calls: readonly {
  readonly name: string;
  readonly ours: (snapshot: Snapshot, old: Snapshot) => unknown;
  readonly theirs: Readonly<Record<string, unknown>>;
}[] = [
  {
    name: 'statistics(lineno)',
    ours: (snapshot) => snapshot.statistics('lineno'),
    theirs: { what: 'statistics', key: 'lineno', cumulative: false },
  },
  {
    name: 'statistics(traceback)',
    ours: (snapshot) => snapshot.statistics('traceback'),
    theirs: { what: 'statistics', key: 'traceback', cumulative: false },
  },
  {
    name: 'compareTo(lineno)',
    ours: (snapshot, old) => snapshot.compareTo(old, 'lineno'),
    theirs: { what: 'compare', key: 'lineno', cumulative: false },
  },
  {
    name: 'filterTraces, 3 filters',
    ours: (snapshot) =>
      snapshot.filterTraces([
        new Filter(false, '<frozen importlib._bootstrap>'),
        new Filter(false, '<unknown>'),
        new Filter(true, '/app/pkg[0-4]/*'),
      ]),
    theirs: { what: 'filters', key: '', cumulative: false },
  },
];

/** The first and the second call of each analysis, each in a process of its own. */
export async function measureFirstCalls(cpython: string | null): Promise<void> {
  console.log(
    '| 1e6 traces, 5000 stacks | first | second | CPython, first and second | first ÷ first |',
  );
  console.log('|---|---|---|---|---|');
  const script = fileURLToPath(import.meta.url);
  for (const [i, { name, theirs }] of calls.entries()) {
    const args = [...process.execArgv, script, String(i)];
    const ours = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as number[];
    const other: number[] = [];
    if (cpython !== null) {
      const server = new CpythonServer(cpython);
      await server.ask({ do: 'analysis', ...shape });
      for (let k = 0; k < 2; k++) other.push(await server.ask({ do: 'measure', ...theirs }));
      server.close();
    }
    const [first = 0, second = 0] = ours;
    const shown = other.map((ms) => ms.toFixed(0)).join(', ');
    const ratio = other.length > 0 ? `${(other[0]! / first).toFixed(0)}×` : '';
    console.log(`| ${name} | ${first.toFixed(1)} | ${second.toFixed(1)} | ${shown} | ${ratio} |`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { snapshot, old } = analysed(shape);
  const { ours } = calls[Number(process.argv[2])]!;
  const times = [0, 1].map(() => {
    const start = cpu();
    ours(snapshot, old);
    return cpu() - start;
  });
  console.log(JSON.stringify(times));
}
