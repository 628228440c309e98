import { type Snapshot, Tracer } from '@tracemalloc/core';
import { allocatedByLine } from '../contract/index.ts';
import { Connection } from './connection.ts';
import type { MicroPythonHost } from './host.ts';
import type { TraceableInstance } from './instance.ts';
import { bytesTaken } from './objects/heap-table.ts';
import type { ShimEvents } from './objects/shim.ts';

const file = 'tracemalloc-self-test.py';
/** What the program tells by, which it is given and nobody else sees. */
const helper = '_tracemalloc_self_test';

/** Its error goes through all that can be on a stack; the block of so many bytes is made where it begins. */
const marker = 7777;
const program = `import gc, io, sys
class Point:
    def __init__(self, x):
        self.x = x
class Deep:
    def walk(self, n):
        unused = 1

        return [
            self.again(n)
            for _ in range(1)
        ]
    def again(self, n):
        if n:
            return (lambda: self.walk(n - 1))()
        kept.append(bytearray(${marker})); raise ValueError(n)
def generate():
    yield 1
    yield Deep().walk(3)
kept = []
tuples = [0] * 40
for i in range(40):
    tuples[i] = (i, i, i)
lists = [0] * 30
for i in range(30):
    lists[i] = [i, i]
dicts = [0] * 20
for i in range(20):
    dicts[i] = {}
points = [0] * 10
for i in range(10):
    points[i] = Point(i)
classes = [0] * 9
for i in range(9):
    classes[i] = [list, dict, int, Point]
for i in range(50):
    kept.append(str(i) * 20)
gone = [[i] for i in range(60)]
try:
    for _ in generate():
        pass
except ValueError as error:
    text = io.StringIO()
    sys.print_exception(error, text)
    traceback = text.getvalue()
del gone
in_use = gc.mem_alloc()
told.look(in_use, traceback)
`;

const lineOf = (text: string): number =>
  program.split('\n').findIndex((line) => line.includes(text)) + 1;
const at = (text: string, type: string): string => `${file}:${lineOf(text)} ${type}`;

/** Objects that a line must have made, by what MicroPython calls their types. */
const expected: Readonly<Record<string, number>> = {
  [at('(i, i, i)', 'tuple')]: 40,
  [at('= [i, i]', 'list')]: 30,
  [at('= {}', 'dict')]: 20,
  [at('= Point(i)', 'Point')]: 10,
  [at('[list, dict, int, Point]', 'list')]: 9,
  [at('str(i)', 'str')]: 100,
};

/** What the guest counts may differ by what its own counting takes, and what was made since. */
const toleratedBytes = 4096;

/** Hears all events a second time, and keeps what is in use by the plainest means. */
class Ledger {
  readonly blocks = new Map<number, number>();

  listen(events: ShimEvents, isHead: (block: number) => boolean): ShimEvents {
    const { blocks } = this;
    return {
      allocated(block, bytes, type) {
        blocks.set(block >>> 0, bytes >>> 0);
        events.allocated(block, bytes, type);
      },
      freed(block) {
        blocks.delete(block >>> 0);
        events.freed(block);
      },
      moved(from, to, bytes) {
        if (to !== 0 || bytes === 0) blocks.delete(from >>> 0);
        if (to !== 0) blocks.set(to >>> 0, bytes >>> 0);
        events.moved(from, to, bytes);
      },
      collected() {
        for (const block of blocks.keys()) if (!isHead(block)) blocks.delete(block);
        events.collected();
      },
    };
  }
}

/**
 * Runs a program, and compares what is read with what the guest says: its own traceback, the objects that it makes, the table of its collector, and
 * `gc.mem_alloc()`. @returns what differs; `null` for nothing.
 */
export function selfTest(host: MicroPythonHost, instance: TraceableInstance): string | null {
  const tracer = new Tracer();
  const ledger = new Ledger();
  const connection: Connection = new Connection(instance, tracer, null, (events) =>
    ledger.listen(events, (block) => connection.table.isHead(block)),
  );
  try {
    const { table } = connection;
    collect(host);
    const before = new Set<number>();
    table.forEachHead((block) => before.add(block));
    tracer.start(100);
    let [used, inUse, traceback] = [-1, 0, ''];
    const look = (said: number, text: string): void => {
      [used, inUse, traceback] = [table.used, said, text];
    };
    host.registerJsModule(helper, { look });
    const source = JSON.stringify(program);
    host.runPython(
      `_tracemalloc = {'told': __import__('${helper}')}\ndel __import__('sys').modules['${helper}']\nexec(compile(${source}, '${file}', 'exec'), _tracemalloc)`,
    );
    const difference = ledgerProblem(connection, ledger, before);
    const snapshot = tracer.takeSnapshot();
    return (
      difference ??
      countsProblem(snapshot) ??
      stackProblem(snapshot, traceback) ??
      usedProblem(used, inUse) ??
      sweepProblem(host, connection, tracer) ??
      (connection.events.failures > 0 ? 'some frames or types could not be read' : null)
    );
  } finally {
    tracer.stop();
    connection.close();
    host.runPython("globals().pop('_tracemalloc', None)");
    collect(host);
  }
}

/** Some builds sweep when the outermost call ends, and others when the next one begins. */
export function collect(host: MicroPythonHost): void {
  host.runPython("__import__('gc').collect()");
  host.runPython('None');
}

/** Blocks that were told of are in the collector's table, with their sizes; and all that are new in it were told of. */
function ledgerProblem(
  { table }: Connection,
  { blocks }: Ledger,
  before: ReadonlySet<number>,
): string | null {
  for (const [block, bytes] of blocks) {
    if (!table.isHead(block)) return `the block at ${block} is not in its heap`;
    const size = table.sizeAt(block);
    if (size !== bytesTaken(bytes)) return `the block at ${block} has ${size} bytes, not ${bytes}`;
  }
  let unheard = 0;
  table.forEachHead((block) => {
    if (!blocks.has(block) && !before.has(block)) unheard++;
  });
  return unheard === 0 ? null : `${unheard} blocks were made that nothing told of`;
}

function countsProblem(snapshot: Snapshot): string | null {
  const found = allocatedByLine(snapshot);
  for (const [place, count] of Object.entries(expected)) {
    if (found[place] !== count) {
      return `the self-test found ${found[place] ?? 0} blocks of ${place}, not ${count}`;
    }
  }
  return null;
}

/** As MicroPython prints it, OLDEST FIRST. */
function stackProblem(snapshot: Snapshot, text: string): string | null {
  const own = [...text.matchAll(/File "([^"]*)", line (\d+), in (\S+)/g)];
  const wanted = own
    .map(([, name, line, called]) => `${name}:${line} ${called}`)
    .filter((frame) => frame.startsWith(file));
  const row = snapshot.data.traces.size.indexOf(bytesTaken(marker));
  const found = (row < 0 ? [] : snapshot.traces.at(row)!.traceback.frames)
    .map((frame) => `${frame.filename}:${frame.lineno} ${frame.functionName}`)
    .filter((frame) => frame.startsWith(file));
  if (wanted.length >= 12 && found.join() === wanted.join()) return null;
  return `it has the stack ${found.join(' < ')} where MicroPython says ${wanted.join(' < ')}`;
}

function usedProblem(used: number, inUse: number): string | null {
  if (Math.abs(used - inUse) <= toleratedBytes) return null;
  return `its heap has ${used} bytes in use where gc.mem_alloc() says ${inUse}`;
}

/** What the program dropped is gone after a sweep, and what it kept is not. */
function sweepProblem(host: MicroPythonHost, { table }: Connection, tracer: Tracer): string | null {
  collect(host);
  const live = (type: string): number => {
    let count = 0;
    for (const { type: name } of liveBlocks(tracer.takeSnapshot())) if (name === type) count++;
    return count;
  };
  const points = live('Point');
  if (points !== 10) return `of 10 objects that live it knows ${points} after a sweep`;
  const { current } = tracer.getTracedMemory();
  host.runPython("globals().pop('_tracemalloc')");
  const used = table.used;
  collect(host);
  const fell = current - tracer.getTracedMemory().current;
  const swept = used - table.used;
  if (live('Point') !== 0) return 'of objects that died it still knows some after a sweep';
  if (Math.abs(fell - swept) <= toleratedBytes) return null;
  return `a sweep freed ${swept} bytes, of which it heard of ${fell}`;
}

function* liveBlocks(snapshot: Snapshot): Generator<{ readonly type: string }> {
  const { traces, sites, strings } = snapshot.data;
  for (let row = 0; row < traces.length; row++) {
    yield { type: strings[sites.type[traces.site[row]!]!]! };
  }
}
