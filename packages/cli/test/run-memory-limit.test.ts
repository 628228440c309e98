import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

const python = `def grow():
    kept = []
    try:
        while True:
            kept.append([len(kept)] * 10)
    finally:
        print('finally')
try:
    grow()
except MemoryError:
    print('caught')
grow()
`;

const javascript = `function grow() {
  const kept = [];
  try {
    for (;;) kept.push(new Array(10).fill(kept.length));
  } finally {
    console.log('finally');
  }
}
try {
  grow();
} catch (error) {
  console.log('caught');
}
grow();
`;

test.each([
  ['pyodide', 'app.py', python, /line 5, in grow\n.*\n.*\nMemoryError\n/],
  ['quickjs', 'app.js', javascript, /^InternalError: out of memory\n {4}at .*grow \(.*app.js:4/],
])(
  'in %s the program gets its own error at the line that is too much, twice',
  async (interpreter, file, source, error) => {
    const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-limit-'));
    try {
      writeFileSync(join(folder, file), source);
      const args = ['run', '-q', '--memory-limit', '4MiB', '--interpreter', interpreter, file];
      const { status, stdout, stderr } = await tracemallocIn(folder, args);
      expect(stdout).toBe('finally\ncaught\nfinally\n');
      expect(stderr).toMatch(error);
      expect(stderr).toMatch(
        /tracemalloc: the memory limit was reached at .*app.(?:py:5|js:4): .* more were asked for, where 40\d\d(?:\.\d)? KiB of 4096 KiB are in use; most of it is of\n .*app.(?:py:5|js:4): /,
      );
      expect(stderr).not.toContain('replaced in the guest');
      expect(status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
