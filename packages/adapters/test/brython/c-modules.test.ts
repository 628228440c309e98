import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGuest } from './start.ts';

test('the list of a folder’s names, which a C function makes in CPython, is its caller’s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (let i = 100; i < 150; i++) writeFileSync(join(folder, `name-${i}.txt`), '');
  const { tracer, run } = await startGuest();
  tracer.start(5);
  run(
    `import os\n\ndef names():\n    return os.listdir(${JSON.stringify(folder)})\n\nkept = names()\n`,
  );
  const rows = tracer
    .takeSnapshot()
    .statistics('traceback')
    .map(({ traceback, size }) => `${traceback.frames.join(' < ')}: ${size} B`)
    .filter((row) => row.includes('main.py:4'));
  // CPython 3.13 has 3066 B: its list has room for 50 or so, and each str takes 53 bytes.
  expect(rows).toEqual(['main.py:6 < main.py:4: 3122 B']);
});
