import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Result, tracemallocIn } from './command.ts';

let folder: string;
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-own-host-'));
});

beforeEach(() => {
  count++;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Each test has modules of its own: a module is loaded once. */
function file(name: string, text: string): string {
  const path = `./${count}-${name}`;
  writeFileSync(join(folder, path), text);
  return path;
}

function tracemalloc(...args: string[]): Promise<Result> {
  return tracemallocIn(folder, args);
}

/** Each line of its programs is a number, and allocates as much; `free` frees the oldest. */
const tape = `
export default {
  endings: ['.tape'],
  attach({ program, io, tracer, onWarning }) {
    const domain = tracer.domain({ name: 'tape', ids: 'address', shift: 0 });
    const file = tracer.string(program.filename);
    const live = [];
    onWarning('tapes are slow');
    return {
      install: () => io.stdout('installed, tracing ' + tracer.isTracing() + '\\n'),
      run() {
        io.stdout([tracer.nframe, tracer.on, ...program.argv.slice(1)].join(' ') + '\\n');
        for (const [i, line] of program.source.trim().split('\\n').entries()) {
          if (line === 'free') live.push('to be freed');
          else if (line === 'stop') tracer.stop();
          else if (tracer.on) tracer.alloc(domain, i, Number(line), tracer.extend(0, tracer.frame(file, i + 1)));
        }
        return { exitCode: 7 };
      },
      settle() {
        if (live.length > 0) tracer.free(domain, 0);
      },
    };
  },
};
`;

describe('a module of somebody’s own is an interpreter', () => {
  test('which is attached, installed, started, run, settled and read, in this order', async () => {
    const host = file('tape.mjs', tape);
    const program = file('app.tape', '1000\n24\nfree\n2000\n');
    expect(await tracemalloc('run', '--interpreter', host, '--nframe', '3', program, 'a')).toEqual({
      status: 7,
      stdout: 'installed, tracing false\n3 true a\n',
      stderr: `tracemalloc: tapes are slow
Top 10 lines
#1: ${program}:4: 2.0 KiB
    2000
#2: ${program}:2: 0.0 KiB
    24
Total allocated size: 2.0 KiB
Traced from the first line, with 3 frames

- 1 line keeps 99 % of live memory, 2000 B: ${program}:4.
`,
    });
  });

  test('with snapshots and reports like any other', async () => {
    const host = file('tape.mjs', tape);
    const run = (...rest: string[]) => tracemalloc('run', '--interpreter', host, ...rest);
    const quiet = await run('-q', '-o', 'tape.tm', '--report', 'tape.html', '-c', '1000\n500');
    expect(quiet.stderr).toBe('tracemalloc: tapes are slow\n');
    expect((await tracemalloc('top', 'tape.tm')).stdout).toBe(
      'Top 10 lines\n#1: <string>:1: 1.0 KiB\n#2: <string>:2: 0.5 KiB\nTotal allocated size: 1.5 KiB\n',
    );
    expect(existsSync(join(folder, 'tape.html'))).toBe(true);
    const { status, stderr } = await run('-q', '-o', 'none.tm', '-c', 'stop');
    expect({ status, stderr: stderr.split('\n')[1] }).toEqual({
      status: 1,
      stderr:
        'tracemalloc: nothing was written to none.tm: the program ended with tracing stopped, so there is no snapshot. ' +
        'Let it call tracemalloc.start(), or leave out --nframe 0 and its tracemalloc.stop()',
    });
  });

  test('and a warning, where it can’t record what is asked for', async () => {
    const run = (flag: string) =>
      tracemalloc('run', '-q', flag, '--interpreter', file(`${flag}.mjs`, tape), '2.tape');
    writeFileSync(join(folder, '2.tape'), '1\n');
    for (const flag of ['--native', '--allocators']) {
      expect((await run(flag)).stderr).toContain(
        `tracemalloc: ${flag}: this interpreter’s own functions can’t be recorded\n`,
      );
    }
  });

  test('in TypeScript, where Node or a loader reads it: the Lisp of the examples', async () => {
    const host = fileURLToPath(new URL('../../../examples/callbacks/host.ts', import.meta.url));
    const program = file('app.lisp', '(define kept (make-vector 100))\n(print kept)\n(boom)\n');
    expect(await tracemalloc('run', '--interpreter', host, program)).toEqual({
      status: 1,
      stdout: 'vector\n',
      stderr: `LispError: not defined: boom
Top 10 lines
#1: ${program}:1: 0.4 KiB
    (define kept (make-vector 100))
Total allocated size: 0.4 KiB
Traced from the first line, with 25 frames

- 1 line keeps 100 % of live memory, 416 B: <file> at ${program}:1.
- 100 % of live memory is vector: 1 block of 416 B on average.
`,
    });
  });
});

describe('what its author did wrong is said', () => {
  const attach = (guest: string) => `export default { attach: () => (${guest}) };`;

  test.each([
    [
      'export const attach = 1;',
      'has no default export with a function attach: export default { attach(launch) { … } }, got undefined',
    ],
    [
      'export default { attach: 1 };',
      'has no default export with a function attach: export default { attach(launch) { … } }, got { attach: 1 }',
    ],
    [
      "export default { endings: 'lisp', attach() {} };",
      "has endings that are no array of texts such as '.lua': 'lisp'",
    ],
    [attach('{}'), 'gave no object with a function run for attach, but {}'],
    [attach('undefined'), 'gave no object with a function run for attach, but undefined'],
    [attach('{ run() {}, settle: true }'), 'gave true as settle, which is a function or left out'],
    [attach('{ run() {} }'), 'gave no { exitCode } for run, an integer in 0..255, but undefined'],
    [
      attach('{ run: () => ({ exitCode: 256 }) }'),
      'gave no { exitCode } for run, an integer in 0..255, but 256',
    ],
    [
      attach('{ run: () => ({ exitCode: 0, snapshot: 5 }) }'),
      'gave 5 as snapshot, which is a Snapshot, null or left out',
    ],
    [attach('{ run() { throw "a text"; } }'), "failed in run: 'a text'"],
  ])('%s', async (source, message) => {
    const host = file('wrong.mjs', source);
    expect(await tracemalloc('run', '--interpreter', host, '-c', '1')).toEqual({
      status: 1,
      stdout: '',
      stderr: `tracemalloc: the interpreter ${host} ${message}\n`,
    });
  });

  test.each([
    [
      'in a step',
      attach('{ async run() { throw new Error("boom"); } }'),
      'failed in run: Error: boom',
    ],
    ['while it loads', 'throw new Error("boom");', "can't be loaded: Error: boom"],
    [
      'in what it settles',
      attach('{ run: () => ({ exitCode: 0 }), settleLater() { null.x; } }'),
      "failed in settle: TypeError: Cannot read properties of null (reading 'x')",
    ],
  ])('an error %s, with where it was thrown', async (_, source, message) => {
    const host = file('throws.mjs', source);
    const { status, stderr } = await tracemalloc('run', '--interpreter', host, '-c', '1');
    const [first, second] = stderr.split('\n');
    expect({ status, first }).toEqual({
      status: 1,
      first: `tracemalloc: the interpreter ${host} ${message}`,
    });
    expect(second).toContain(host.slice(1));
  });

  test('and a module that is not there', async () => {
    expect((await tracemalloc('run', '--interpreter', './none.mjs', '-c', '1')).stderr).toBe(
      "tracemalloc: the interpreter ./none.mjs can't be loaded: no such file or directory\n",
    );
  });

  test.each([
    ['lua', 'lua'],
    ['./tape.mjs', './tape.mjs'],
  ])('-m is for interpreters of Python, and %s is none', async (name, shown) => {
    writeFileSync(join(folder, 'tape.mjs'), tape);
    expect(await tracemalloc('run', '--interpreter', name, '-m', 'module')).toEqual({
      status: 2,
      stdout: '',
      stderr: `tracemalloc: -m runs a Python module, and ${shown} runs none: name a script, or use -c code\n`,
    });
  });
});
