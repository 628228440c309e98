import { expect, test } from 'vitest';
import { liveByLine, startGuest } from './start.ts';

test('bytes that CPython computes when it compiles are one object, larger ones a new one each time', async () => {
  const guest = await startGuest();
  guest.run(`def literal(): return b'+'
def folded(): return b'+' * 4096
def computed(): return b'+' * 4097
def twice(): return b'+' * 4097 + b'-'
for f in literal, folded, computed, twice:
    print(f.__name__, f() is f(), f() == f(), len(f()))
`);
  expect(guest.output.out).toBe(`literal True True 1
folded True True 4096
computed False True 4097
twice False True 4098
`);
});

test('bytes that CPython computes anew count at their line, each with its size', async () => {
  const guest = await startGuest();
  guest.tracer.start();
  guest.run(`kept = []
for _ in range(3):
    kept.append(b'+' * 4096)
    kept.append(b'+' * 5000)
`);
  const found = [...liveByLine(guest.tracer)].filter(([place]) => place.includes('bytes'));
  expect(found).toEqual([['main.py:4 bytes', { count: 3, size: 3 * 5033 }]]);
});
