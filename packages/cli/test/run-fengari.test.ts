import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

test('Lua and JavaScript in JavaScript run by name; the interpreter’s own functions are shown when they are asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-fengari-'));
  const tracemalloc = (...args: string[]) => tracemallocIn(folder, args);
  try {
    writeFileSync(join(folder, 'app.lua'), "kept = { 'a' .. #arg }\nprint(...)\nos.exit(3)\n");
    const run = await tracemalloc(
      'run',
      '-q',
      '--native',
      '--interpreter',
      'fengari',
      '-o',
      'app.tm',
      'app.lua',
      'x',
    );
    expect([run.status, run.stdout, run.stderr]).toEqual([3, 'x\n', '']);
    const top = await tracemalloc('top', 'app.tm');
    expect(top.stdout).toContain('#1: app.lua:1: 0.1 KiB');
    expect(top.stdout).not.toContain('js:');
    const tree = await tracemalloc('tree', '--native', 'app.tm');
    expect(tree.stdout).toContain('luaH_new at js:ltable.js');
    writeFileSync(join(folder, 'app.js'), "console.log([1]);\nthrow new TypeError('no');\n");
    const js = await tracemalloc('run', '-q', 'app.js');
    expect([js.status, js.stdout, js.stderr]).toEqual([
      1,
      '[1]\n',
      'app.js: TypeError: no\n  at app.js:2:6\n',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a limit of memory is an error where none can be refused, and nothing is run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-fengari-'));
  try {
    writeFileSync(join(folder, 'app.lua'), "print('ran')\n");
    writeFileSync(join(folder, 'app.js'), "console.log('ran');\n");
    for (const program of [['--interpreter', 'fengari', 'app.lua'], ['app.js']]) {
      const run = await tracemallocIn(folder, ['run', '--memory-limit', '1MiB', ...program]);
      expect([run.status, run.stdout]).toEqual([2, '']);
      expect(run.stderr).toContain(
        'tracemalloc: --memory-limit: this interpreter makes objects before anybody is told, so none can be refused; leave it out',
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
