import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Result, tracemallocIn } from './command.ts';

const program = `class Order:
    def __init__(self, n):
        self.n = n
        self.lines = []

cache = {}
def handle(n):
    cache['/page/' + str(n)] = Order(n)
for i in range(3):
    handle(i)

class Parent:
    def __init__(self):
        self.children = [Child(self)]
class Child:
    def __init__(self, parent):
        self.parent = parent
family = Parent()
`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-graph-'));
  writeFileSync(join(folder, 'app.py'), program);
  const run = ['run', '-q', '--interpreter', 'skulpt', '--graph', '-o', 'app.tm', 'app.py'];
  expect(await tracemallocIn(folder, run)).toEqual({ status: 0, stdout: '', stderr: '' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asked = (...args: string[]): Promise<Result> => tracemallocIn(folder, args, { width: 100 });

test('holders says why objects of a type live, and where each holder was born', async () => {
  expect((await asked('holders', 'app.tm', 'Order')).stdout).toBe(
    `3 objects are 'Order': 960 B; without them 1128 B would be free

3 held by module __main__ → cache → dict[…] (1128 B)
    dict    born at app.py:6: cache = {}
    Order   born at app.py:8: cache['/page/' + str(n)] = Order(n)
`,
  );
});

test('holders takes lines and sets of objects, from left to right or as parentheses say', async () => {
  const count = async (...words: string[]): Promise<number> => {
    const { stdout, stderr } = await asked('holders', '--json', 'app.tm', ...words);
    return stdout === '' ? Number(stderr.length > 0) - 1 : JSON.parse(stdout).count;
  };
  expect(await count('app.py:8')).toBe(6);
  expect(await count('line:app.py:8')).toBe(6);
  expect(await count('app.py:8', '&', 'Order')).toBe(3);
  expect(await count('Order | Child - held-by:cache')).toBe(1);
  expect(await count('Order | (Child - held-by:cache)')).toBe(4);
  expect(await count('held-by:/page/1 & type:Or*')).toBe(1);
  expect(await count('file:app.* & Parent')).toBe(1);
  expect(await count('Nothing')).toBe(0);
});

test('retained has what goes with a type, a line and a root', async () => {
  const { stdout } = await asked('retained', '--json', 'app.tm');
  const { types, lines, roots, explained } = JSON.parse(stdout);
  const rows = (list: { name: string; count: number; retained: number }[], name: string) =>
    list.filter((row) => row.name === name).map(({ count, retained }) => [count, retained]);
  expect(rows(types, 'Order')).toEqual([[3, 1128]]);
  expect(rows(lines, 'app.py:6').length).toBe(1);
  expect(rows(roots, 'module __main__').length).toBe(1);
  expect(explained).toBe(null);
});

test('growth --graph has the new objects, and who holds them', async () => {
  writeFileSync(join(folder, 'app.py'), program.replace('range(3)', 'range(5)'));
  const run = ['run', '-q', '--interpreter', 'skulpt', '--graph', '-o', 'more.tm', 'app.py'];
  expect((await asked(...run)).stderr).toBe('');
  expect((await asked('growth', '--graph', 'app.tm', 'app.tm')).stdout).toBe(
    'Nothing became more\n',
  );
  const { stdout } = await asked('growth', '--graph', 'app.tm', 'more.tm');
  expect(stdout).toMatchInlineSnapshot(`
    "+2 Order (3 before, 5 now), 712 B more with what they hold, held by module __main__ → cache → dict[…]
        dict    born at app.py:6: cache = {}
        Order   born at app.py:8: cache['/page/' + str(n)] = Order(n)

    +2 str (3 before, 5 now), 96 B more with what they hold, held by module __main__ → cache → a key of dict
        dict    born at app.py:6: cache = {}
        str     born at app.py:8: cache['/page/' + str(n)] = Order(n)
    "
  `);
  expect((await asked('growth', '--graph', 'app.tm')).stderr).toContain('name two snapshots');
});

test('types has a set of objects, by type', async () => {
  const { stdout } = await asked('types', 'app.tm', '--type', 'app.py:8 | Parent');
  expect(stdout).toMatchInlineSnapshot(`
    "7 objects, 1432 B; without them 1992 B would be free

    Retained    Own  Objects  Type
    --------------------------------
      1128 B  960 B        3  Order
       720 B  328 B        1  Parent
       144 B  144 B        3  str
    "
  `);
  expect((await asked('types', 'app.tm', '--type', 'list &')).status).toBe(2);
  expect((await asked('types', 'app.tm')).stdout).toMatch(/^\d+ objects, /);
});

test('holders --dot is a graph, with every name quoted', async () => {
  expect((await asked('holders', '--dot', 'app.tm', 'Order')).stdout).toMatchInlineSnapshot(`
    "digraph holders {
      rankdir=LR
      node [shape=box, fontname="sans-serif"]
      edge [fontname="sans-serif", fontsize=10]
      n0 [label="module __main__", style=dashed]
      n1 [label="module"]
      n2 [label="dict\\napp.py:6"]
      n3 [label="3 Order\\n1128 B retained\\napp.py:8", penwidth=2]
      n0 -> n1 [label=""]
      n1 -> n2 [label="cache"]
      n2 -> n3 [label="dict[…]"]
    }
    "
  `);
});

test('holders draws the same picture, by an option or by the name of a file', async () => {
  const { stdout } = await asked('holders', '--svg', 'app.tm', 'Order');
  const texts = [...stdout.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text);
  expect(texts).toEqual([
    ...['cache', 'dict[…]', 'module __main__', 'module', 'dict', 'app.py:6'],
    ...['3 Order', '1128 B retained', 'app.py:8'],
  ]);
  expect((await asked('holders', '-o', 'order.svg', 'app.tm', 'Order')).stderr).toBe(
    'Wrote order.svg\n',
  );
  expect(readFileSync(join(folder, 'order.svg'), 'utf8')).toBe(stdout);
  await asked('holders', '-o', 'order.dot', 'app.tm', 'Order');
  expect(readFileSync(join(folder, 'order.dot'), 'utf8')).toMatch(/^digraph holders/);
  const both = await asked('holders', '--svg', '--dot', 'app.tm', 'Order');
  expect([both.status, both.stderr]).toEqual([
    2,
    'tracemalloc: --dot and --svg are two formats: leave one out\n',
  ]);
});

test('cycles has what only a collector frees, with a way around', async () => {
  expect((await asked('cycles', 'app.tm')).stdout).toMatch(
    /^1 cycle\n\n3 objects, \d+ B: 1 Parent, 1 list, 1 Child\n {4}Parent\.children → list\[0\] → Child\.parent\n$/,
  );
});

test('what has no graph, or is no set of objects, is said with a remedy', async () => {
  const code = ['-c', 'x = [1]'];
  await asked('run', '-q', '--interpreter', 'skulpt', '-o', 'bare.tm', ...code);
  expect(await asked('retained', 'bare.tm')).toEqual({
    status: 1,
    stdout: '',
    stderr:
      'tracemalloc: the snapshot has no graph of its objects: take it by `tracemalloc run --graph`, or takeGraphSnapshot(tracer, heap)\n',
  });
  expect(await asked('holders', 'app.tm', '(Order')).toEqual({
    status: 2,
    stdout: '',
    stderr: "tracemalloc: can't understand '( Order': a ) is missing at its end\n",
  });
  expect((await asked('run', '--graph', ...code)).stderr).toBe(
    'tracemalloc: --graph is for a snapshot of ours: add -o app.tm, there is no -o\n',
  );
});
