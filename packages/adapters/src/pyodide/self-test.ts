import { type Snapshot, Tracer } from '@tracemalloc/core';
import { allocatedByLine, selfTest as compareBlocks } from '../contract/index.ts';
import { Connection } from './connection.ts';
import type { Memory, PyodideHost } from './host.ts';
import type { Layout } from './layout.ts';

/** What reads right in this build. */
export type SelfTestResult = {
  readonly frames: boolean;
  readonly types: boolean;
  /** What does not, in words; `null` for nothing. */
  readonly problem: string | null;
};

const file = 'tracemalloc-self-test.py';

/**
 * Each block that it keeps is of a type of its own, so that stacks can be told by them. `stack` says what they are to be, by
 * the interpreter's own account.
 */
const program = `import sys
class One(bytearray): pass
class Two(bytearray): pass
class Three(bytearray): pass
class Slots:
    __slots__ = ('a',)
def stack():
    frame, lines = sys._getframe(1), []
    while frame:
        code = frame.f_code
        lines.append(f'{code.co_filename}:{frame.f_lineno} {code.co_qualname}')
        frame = frame.f_back
    return '\\n'.join(lines)
stacks = {}
kept = []
def inner(size):
    kept.append(One(size)); stacks['One'] = stack()
class Outer:
    def method(self, unused, size=3):
        def closure():
            return size + len(str(unused))
        inner(size)
        return closure
    def generator(self):
        yield 1
        kept.append(Two(5)); stacks['Two'] = stack()
        yield [Slots() for _ in range(3)]
outer = Outer()
for _ in range(4):
    kept.append(outer.method(_))
made = [*outer.generator()]
def recurse(n):
    if n: return recurse(n - 1)
    kept.append(Three(7)); stacks['Three'] = stack()
recurse(30)
'\\n\\n'.join(f'{name}\\n{stacks[name]}' for name in stacks)
`;

const lineOf = (text: string): number =>
  program.split('\n').findIndex((line) => line.includes(text)) + 1;

/** Blocks of types that a line must have made. */
const expected = {
  [`${file}:${lineOf('One(size)')} One`]: 4,
  [`${file}:${lineOf('Two(5)')} Two`]: 1,
  [`${file}:${lineOf('Three(7)')} Three`]: 1,
  [`${file}:${lineOf('Slots() for')} Slots`]: 3,
};

/** Cells of a function's variables are made before it begins, and count for who calls it. */
const cells = { place: `${file}:${lineOf('outer.method(_)')} cell`, count: 8 };

/** Runs a small program, and compares where its blocks are said to be from with what it says itself. */
export function selfTest(host: PyodideHost, memory: Memory, layout: Layout): SelfTestResult {
  const tracer = new Tracer();
  const globals = host.runPython('dict()') as { destroy?(): void };
  const connection = new Connection(memory, layout, tracer, { frames: true, types: true });
  let stacks = '';
  let areStacksRight = false;
  let differences: ReturnType<typeof compareBlocks>;
  try {
    differences = compareBlocks(
      tracer,
      () => {
        tracer.stop();
        tracer.start(50);
        stacks = String(host.runPython(program, { filename: file, globals }));
        const snapshot = tracer.takeSnapshot();
        areStacksRight =
          stacks === stacksOf(snapshot) && allocatedByLine(snapshot)[cells.place] === cells.count;
      },
      expected,
    );
  } finally {
    connection.close();
    globals.destroy?.();
  }
  const wrong = differences[0];
  const frames = areStacksRight;
  const types = frames && wrong === undefined && connection.events.failures === 0;
  if (types) return { frames, types, problem: null };
  return {
    frames,
    types,
    problem: frames
      ? `the self-test found ${wrong?.found} blocks of ${wrong?.place}, not ${wrong?.expected}`
      : 'the self-test found other stacks than the interpreter says',
  };
}

/** As the program says them: by the types of its blocks, the newest frame first. */
function stacksOf(snapshot: Snapshot): string {
  const { traces, sites, tracebacks, frames, strings } = snapshot.data;
  const found = new Map<string, string>();
  for (let row = 0; row < traces.length; row++) {
    const site = traces.site[row]!;
    const type = strings[sites.type[site]!]!;
    const traceback = sites.traceback[site]!;
    const lines: string[] = [];
    for (let i = tracebacks.offset[traceback]!; i < tracebacks.offset[traceback + 1]!; i++) {
      const frame = tracebacks.frame[i]!;
      const place = `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
      lines.push(`${place} ${strings[frames.functionName[frame]!]}`);
    }
    if (!found.has(type)) found.set(type, lines.join('\n'));
  }
  return ['One', 'Two', 'Three'].map((type) => `${type}\n${found.get(type)}`).join('\n\n');
}
