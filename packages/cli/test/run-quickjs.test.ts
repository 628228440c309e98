import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tracemalloc/core/codec';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

const program = `import { rows } from './library.mjs';
globalThis.kept = rows(300);
console.log('rows', scriptArgs, { a: 1 }, 'é');
setTimeout((text) => {
  print(text);
  globalThis.later = new Uint8Array(5000);
}, 10, 'later');
await Promise.resolve();
console.error('an error');
function fail() {
  throw new TypeError('no');
}
fail();
`;

test('a program runs in QuickJS: modules of the disk, console, promises, timers, errors', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-quickjs-'));
  try {
    writeFileSync(join(folder, 'app.js'), program);
    writeFileSync(
      join(folder, 'library.mjs'),
      'export function rows(n) {\n  return Array.from({ length: n }, (_, i) => new Map([[i, String(i)]]));\n}\n',
    );
    const args = ['run', '-q', '--interpreter', 'quickjs', '-o', 'app.tm', 'app.js', 'a'];
    const { status, stdout, stderr } = await tracemallocIn(folder, args);
    expect(stdout).toBe('rows ["app.js","a"] {"a":1} é\nlater\n');
    const app = join(folder, 'app.js');
    expect(stderr).toBe(`an error
TypeError: no
    at fail (${app}:11:22)
    at <anonymous> (${app}:13:5)
`);
    expect(status).toBe(1);
    const snapshot = load(readFileSync(join(folder, 'app.tm')));
    const lines = snapshot.statistics('lineno').map(({ traceback }) => String(traceback));
    expect(lines.slice(0, 2)).toEqual([join(folder, 'library.mjs:2'), `${app}:6`]);
    expect(lines.filter((line) => /<tracemalloc>/.test(line))).toEqual([]);
    const maps = snapshot.statistics('type').find(({ label }) => label === 'Map');
    expect(maps!.count).toBe(300);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
