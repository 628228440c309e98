import { expect, test } from 'vitest';
import { liveByLine, startGuest } from './start.ts';

/** `line type` of what lives of the types, with count and bytes. */
async function livingOf(types: readonly string[], program: string): Promise<string[]> {
  const guest = await startGuest();
  guest.tracer.start();
  guest.run(program);
  return [...liveByLine(guest.tracer)]
    .map(([place, { count, size }]) => ({ place: place.replace('main.py:', ''), count, size }))
    .filter(({ place }) => types.includes(place.split(' ')[1]!))
    .map(({ place, count, size }) => `${place}: ${size} in ${count}`)
    .sort();
}

// Each frame is taken to have a stack of five values.
test('a kept exception keeps a traceback of each frame that it came through, and the frames', async () => {
  const program = `def fail(text):
    raise ValueError(text)
def call():
    fail('no')
kept = []
for _ in range(10):
    try:
        call()
    except ValueError as error:
        kept.append(error)
try:
    call()
except ValueError:
    pass
`;
  expect(await livingOf(['traceback', 'frame'], program)).toEqual([
    '2 frame: 2000 in 10',
    '2 traceback: 560 in 10',
    '4 frame: 1920 in 10',
    '4 traceback: 560 in 10',
    '8 frame: 192 in 1',
    '8 traceback: 560 in 10',
  ]);
});

test('a dict of attributes is made where an object of a class with slots, or a list, gets its first', async () => {
  const program = `class Place:
    __slots__ = ('x', 'y')
class Named(Place): pass
class Names(list): pass
class Plain: pass
class Child(Plain): pass
named, names, child = Named(), Names(), Child()
named.x = 1
named.name = named.other = None
names.name = None
child.name = None
`;
  const found = await livingOf(['dict', 'Named'], program);
  // The one on line 3 is the module's, of its names.
  expect(found).toEqual([
    '10 dict: 344 in 1',
    '3 dict: 400 in 1',
    '7 Named: 64 in 1',
    '9 dict: 344 in 1',
  ]);
});

test('an int beyond 2^53 counts where it was computed, as long as something holds it', async () => {
  const program = `def power(n):
    return 3 ** n
kept = {}
for n in range(40, 50):
    kept[n] = power(n)
copies = list(kept.values())
power(60)
`;
  expect(await livingOf(['int'], program)).toEqual(['2 int: 400 in 10']);
});
