import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Snapshot } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { enclosingFunctions } from '../src/enclosing-functions.ts';
import { nameFunctions } from '../src/name-functions.ts';

/** Each line behind the function that it is of, of a drawing of both. */
function expectNamed(drawing: string): void {
  const lines = drawing.slice(1, -1).split('\n');
  const source = lines.map((line) => line.slice(line.indexOf('|') + 1)).join('\n');
  const names = enclosingFunctions(source);
  const actual = source.split('\n').map((line, i) => `${names[i + 1]!.padEnd(23)}|${line}`);
  expect(`\n${actual.join('\n')}\n`).toBe(drawing);
}

test('a line is of the function whose def is around it, as CPython names it', () => {
  expectNamed(`
<module>               |import os
<module>               |@decorated
<module>               |def outer(
<module>               |    first=[],
<module>               |):
outer                  |    """def not_this():
outer                  |        nor this"""
outer                  |    class Local:
outer.<locals>.Local   |        size = 3
outer.<locals>.Local   |        async def run(self):
outer.<locals>.Local.run|            return {
outer.<locals>.Local.run|  'def no(): pass': 1,  # :
outer.<locals>.Local.run|            }
outer.<locals>.Local.run|
outer.<locals>.Local.run|    # A comment ends nothing, wherever it begins.
outer.<locals>.Local.run|# Nor this.
outer.<locals>.inner   |    def inner(): return [0]
outer                  |    return [lambda: x
outer                  |            for x in (1,
outer                  |2)]
<module>               |kept = outer() \\
<module>               |    + 'it\\'s ("'
<module>               |if kept:
<module>               |\tdef late():
late                   |\t    yield '''
late                   |def no():
late                   |'''
late                   |\t    return 1
<module>               |\tkept
`);
});

test('what is no Python ends, too', () => {
  for (const source of ['', 'def', 'def (', '"""', "x = '\\", ')))def f(:\n x', '\\\n\\']) {
    expect(enclosingFunctions(source)).toHaveLength(source.split('\n').length + 1);
  }
});

test('snapshots that name no functions get them from the sources that are here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-names-'));
  writeFileSync(join(folder, 'app.py'), 'def load():\n    return [0]\nkept = load()\n');
  const frames: [string, number][] = [
    ['app.py', 2],
    ['app.py', 3],
    ['app.py', 99],
    ['away.py', 2],
    ['<string>', 1],
  ];
  const named = nameFunctions(Snapshot.fromTraces([[0, 100, frames]], 9), folder);
  rmSync(folder, { recursive: true });
  const [trace] = named.traces;
  const shown = Array.from(trace!.traceback, ({ lineno, functionName }) => [lineno, functionName]);
  expect(shown.reverse()).toEqual([
    [2, 'load'],
    [3, '<module>'],
    [99, ''],
    [2, ''],
    [1, ''],
  ]);
  expect(nameFunctions(named, folder)).toBe(named);
});
