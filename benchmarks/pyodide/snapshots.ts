/**
 * What snapshots of a million traces take, CPU time: in Pyodide, by CPython's own tracemalloc, and here, by the adapter and by
 * the import of the guest's; and files of them:
 * `node --conditions=@tracemalloc/source --import=tsx benchmarks/pyodide/snapshots.ts`.
 */
import { gzipSync } from 'node:zlib';
import { attachPyodide, readPyodideSnapshot } from '@tracemalloc/adapters/pyodide';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { loadPyodide } from 'pyodide';
import { processorTime } from '../slowdown/table.ts';

const program = `
class Row:
    def __init__(self, i):
        self.cells = [i + 1000.5, str(i + 1000)]
def make(depth, n):
    return make(depth - 1, n) if depth else [Row(i) for i in range(n)]
kept = [make(depth % 40, 250) for depth in range(${process.argv[2] ?? 800})]
`;
const nframe = 25;

const pyodide = await loadPyodide();
const tracer = new Tracer();
const adapter = attachPyodide(pyodide, tracer);
tracer.start(nframe);
pyodide.runPython(program, { filename: 'app.py' });
let ours: Snapshot | null = null;
const take = processorTime(() => {
  ours = tracer.takeSnapshot();
});
const taken = ours as unknown as Snapshot;
const group = processorTime(() => taken.statistics('lineno'));
const groupTracebacks = processorTime(() => taken.statistics('traceback'));
tracer.stop();
adapter.detach();

pyodide.runPython('kept = None; import tracemalloc, gc; gc.collect()');
pyodide.runPython(`tracemalloc.start(${nframe})`);
pyodide.runPython(program, { filename: 'app.py' });
const inGuest = (code: string): number => processorTime(() => pyodide.runPython(code));
const theirTake = inGuest('taken = tracemalloc.take_snapshot()');
const theirGroup = inGuest("taken.statistics('lineno')");
const theirGroupTracebacks = inGuest("taken.statistics('traceback')");
const whileTracing = processorTime(
  () => void readPyodideSnapshot(pyodide, pyodide.runPython('taken')),
);
pyodide.runPython('tracemalloc.stop()');
let imported: Snapshot | null = null;
const importTime = processorTime(() => {
  imported = readPyodideSnapshot(pyodide, pyodide.runPython('taken'));
});
const ofTheirs = imported as unknown as Snapshot;
const dumpTime = processorTime(() => void dump(ofTheirs));
const theirDump = inGuest("taken.dump('/tmp/taken.pickle')");
const pickle = Number(pyodide.runPython("import os; os.path.getsize('/tmp/taken.pickle')"));
const file = dump(ofTheirs);

const row = (...cells: (string | number)[]): void => console.log(cells.join('\t'));
const ms = (time: number): string => `${time.toFixed(0)} ms`;
row('traces', taken.traces.length, ofTheirs.traces.length);
row('', 'guest', 'here', 'times');
row('snapshot', ms(theirTake), ms(take), (theirTake / take).toFixed(0));
row('statistics(lineno)', ms(theirGroup), ms(group), (theirGroup / group).toFixed(0));
row(
  'statistics(traceback)',
  ms(theirGroupTracebacks),
  ms(groupTracebacks),
  (theirGroupTracebacks / groupTracebacks).toFixed(0),
);
row(
  'snapshot + statistics(lineno)',
  ms(theirTake + theirGroup),
  ms(take + group),
  ((theirTake + theirGroup) / (take + group)).toFixed(0),
);
row('import', '', ms(importTime));
row('import, while it traces', '', ms(whileTracing));
row('dump', ms(theirDump), ms(dumpTime), (theirDump / dumpTime).toFixed(0));
row('file', pickle, file.length, (file.length / pickle).toFixed(3));
row('file, gzip', gzipSync(file).length);
