import { expect, test } from 'vitest';
import { type Guest, startGuest } from './start.ts';

/** The program, with a mark on each line whose compiled code tells of the ints that it computes. */
function withMarks({ runtime: { $B } }: Guest, program: string): string {
  const js = $B.py2js({ src: program, filename: 'main.py' }, 'main', 'main').to_js();
  const told = new Set<number>();
  let line = 0;
  for (const text of js.split('\n')) {
    line = Number(/(?:set_lineno\(frame, |frame\.\$lineno = )(\d+)/.exec(text)?.[1] ?? line);
    const isRange = /\.called\(\$B\.\$call_with_position\(_b_\.range,/.test(text);
    if (!isRange && /\.(?:text|called|augmented|looped)\(/.test(text)) told.add(line);
  }
  return program
    .split('\n')
    .map((text, i) => (told.has(i + 1) ? `${text.padEnd(40)}# told` : text))
    .join('\n');
}

test('compiled code tells of the ints that something may hold when their function has returned', async () => {
  const marked = `total = base * 2                        # told
total += base                           # told

def computes(n, items, table):
    a = n * 2
    b = a if a > 5 else len(items)
    c, d = b, a + 1
    a += c % 3
    for i in range(n + 1):
        d = max(d, i * i)
    while d > 0:
        d -= items[a + 1]
    print(d * 2, table[a, d], '%d' % (a + d))
    if (size := len(items)) > 3 and size:
        del a
    return sum(i * a for i in items) > n

def gives(n, items, table):
    kept = n * 2                        # told
    copy = kept
    given = n * 3                       # told
    items.append(copy)
    sums = n * 4                        # told
    sums += 1                           # told
    table[n] = sums
    key = n + 5                         # told
    table[key] = 0
    low, high = n * 6, n * 7            # told
    pair = low, 0
    for i in range(n):                  # told
        items += [i]
    last = n * 8                        # told
    table.last = last
    return given

def shares(n):
    shared = n * 2                      # told
    also = n * 3                        # told
    def inner():
        nonlocal also
        also = shared + 1               # told
        return also
    return inner

def waits(n):
    i = n * 2                           # told
    yield
    i += 1                              # told

def shows(n):
    i = n * 2                           # told
    return locals()                     # told
`;
  const program = marked.replaceAll(/ +# told$/gm, '');
  expect(withMarks(await startGuest(), program)).toBe(marked);
});

/** Objects of a type that were ever made, by line. */
function madeByLine({ tracer }: Guest, type: string): Record<number, number> {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const lines: Record<number, number> = {};
  for (let site = 0; site < sites.length; site++) {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    const line = frames.line[frame]!;
    if (strings[sites.type[site]!] === type) lines[line] = sites.totalCount?.[site] ?? 0;
  }
  return lines;
}

test('two or three values change places without a tuple, four make one', async () => {
  const guest = await startGuest();
  guest.tracer.start();
  guest.run(`a = b = c = d = 1
a, b = b, a
a, b, c = c, a, b
[a, b] = b, a
a, b, c, d = d, c, b, a
a, *b = c, d
both = a, c = c, a
`);
  expect(madeByLine(guest, 'tuple')).toEqual({ 5: 1, 6: 1, 7: 1 });
});

test('a loop that unpacks what enumerate, zip or items() gives makes no tuple of its own', async () => {
  const guest = await startGuest();
  guest.tracer.start();
  guest.run(`table = {'a': [], 'b': [], 'c': []}
for k, v in table.items(): pass
for i, (k, v) in enumerate(zip(table, table)): pass
[v for k, v in table.items()]
for pair in table.items(): pass
list(zip(table, table))
print([(i, k) for i, k in enumerate(table)])
`);
  expect(madeByLine(guest, 'tuple')).toEqual({ 3: 3, 5: 3, 6: 3, 7: 3 });
  expect(guest.output.out).toBe("[(0, 'a'), (1, 'b'), (2, 'c')]\n");
});

test('an iterator that ends is no exception, as long as the program raises none', async () => {
  const guest = await startGuest();
  guest.tracer.start();
  guest.run(`def count():
    yield 1
for number in count(): pass
for pair in zip([1], [2]): pass
class Nothing:
    def __iter__(self): return self
    def __next__(self): raise StopIteration
for item in Nothing(): pass
`);
  expect(madeByLine(guest, 'StopIteration')).toEqual({ 7: 1 });
});
