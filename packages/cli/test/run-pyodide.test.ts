import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tracemalloc/core/codec';
import { HeapGraph, selectObjects, waysTo } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

const program = `# -*- coding: latin-1 -*-
import asyncio, atexit, os, sys, tracemalloc
from pack import helper
print(__name__, sys.argv, os.path.basename(__file__), os.getcwd() == os.path.dirname(__file__))
print(os.environ['MINE'], open('data.txt').read(), helper.__package__, 'é')
atexit.register(print, 'the end')
async def work():
    await asyncio.sleep(0.01)
    return [bytearray(1000) for _ in range(100)]
kept = asyncio.run(work())
rows = helper.rows(300)
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
sys.stderr.write('an error\\n')
def fail():
    raise ValueError('no')
fail()
`;

test('a program runs as in python: files, packages, arguments, asyncio, errors, exit functions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-pyodide-'));
  try {
    mkdirSync(join(folder, 'library/pack'), { recursive: true });
    writeFileSync(join(folder, 'app.py'), program, 'latin1');
    writeFileSync(join(folder, 'data.txt'), 'of the disk');
    writeFileSync(join(folder, 'library/pack/__init__.py'), '');
    writeFileSync(
      join(folder, 'library/pack/helper.py'),
      "def rows(n):\n    return [{'i': i, 'text': str(i)} for i in range(n)]\n",
    );
    const env = { MINE: 'mine', PYTHONPATH: 'library' };
    const args = [
      'run',
      '-q',
      '--graph',
      '--interpreter',
      'pyodide',
      '-o',
      'app.tm',
      'app.py',
      'a',
    ];
    const { status, stdout, stderr } = await tracemallocIn(folder, args, { env });
    expect(stdout.split('\n')).toEqual([
      "__main__ ['app.py', 'a'] app.py True",
      'mine of the disk pack é',
      'False (0, 0)',
      'the end',
      '',
    ]);
    const place = join(folder, 'app.py');
    expect(stderr).toBe(`an error
Traceback (most recent call last):
  File "${place}", line 16, in <module>
    fail()
    ~~~~^^
  File "${place}", line 15, in fail
    raise ValueError('no')
ValueError: no
`);
    expect(status).toBe(1);
    const snapshot = load(readFileSync(join(folder, 'app.tm')));
    const kept = snapshot
      .statistics('traceback')
      .find(({ traceback }) => String(traceback.at(-1)) === `${place}:9`);
    const frames = kept!.traceback.frames.map(String);
    expect([frames[0], frames.at(-1)]).toEqual([`${place}:10`, `${place}:9`]);
    // Of each bytearray two, and those of the list.
    expect(kept!.count).toBeGreaterThanOrEqual(200);
    expect(kept!.size).toBeGreaterThan(100_000);
    expect(snapshot.metadata['sizeModel']).toBe('exact');
    const graph = new HeapGraph(snapshot);
    const ways = waysTo(graph, selectObjects(graph, 'app.py:9 & bytearray'), 1);
    expect(ways[0]!.steps.map(({ how }) => how)).toEqual(['module __main__', 'kept', 'list[…]']);
    expect(ways[0]!.count).toBe(100);
    const files = snapshot.statistics('filename').map(({ label }) => label);
    expect(files.filter((file) => /<tracemalloc>|_pyodide/.test(file))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
