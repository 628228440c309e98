import { HeapGraph, pathText, takeGraphSnapshot } from '@tracemalloc/core/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Guest, startGuest } from './start.ts';

let guest: Guest;
beforeAll(async () => {
  guest = await startGuest();
  guest.tracer.start(1);
});
afterAll(() => guest.adapter.detach());

function printed(source: string): string {
  guest.output.out = '';
  guest.run(source);
  return guest.output.out;
}

/** How the objects of a type are held; a name that no program before it had, since what those left may be there still. */
function holders(type: string): string[] {
  guest.adapter.settle();
  const graph = new HeapGraph(takeGraphSnapshot(guest.tracer, guest.adapter.heap));
  const rows = Array.from({ length: graph.length }, (_, row) => row);
  return rows
    .filter((row) => graph.typeOf(row) === type)
    .map((row) => pathText(graph, graph.pathTo(row)!));
}

test('what a waiting generator goes over, and what it delegates to, is held by its frame', () => {
  guest.run(`class Source:
    def __iter__(self): return iter([1, 2, 3])
class Held: pass
def inner():
    held = Held()
    yield 1
    yield 2
def over(source):
    for item in source:
        yield item
def outer():
    yield from inner()
one, two = over(Source()), outer()
next(one)
next(two)
`);
  expect(holders('Source')).toEqual(["module __main__ → one → generator's frame → local source"]);
  expect(holders('Held')).toEqual([
    "module __main__ → two → generator's frame → local (iterator) → generator's frame → local held",
  ]);
  guest.run(`class Looped:
    def __iter__(self): return iter([1, 2, 3])
def over():
    for item in Looped():
        yield item
one = over()
next(one)
`);
  expect(holders('Looped')).toEqual([
    "module __main__ → one → generator's frame → local (iterator)",
  ]);
  guest.run(`class Spent:
    def __iter__(self): return iter([1, 2, 3])
def over():
    for item in Spent():
        yield item
    yield 'rest'
one = over()
print([next(one) for i in range(4)])
`);
  expect(holders('Spent')).toEqual([]);
});

test('a loop that an exception left behind holds nothing by the frame of a traceback', () => {
  guest.run(`class Left:
    def __iter__(self): return iter([1, 2, 3])
def over():
    for item in Left():
        yield item
        raise ValueError(item)
kept = None
try:
    list(over())
except ValueError as error:
    kept = error
`);
  expect(holders('Left')).toEqual([]);
});

test('a method that a decorator has wrapped is held by the closure in its place', () => {
  guest.run(`class Bound: pass
def kept(function):
    held = Bound()
    def wrapper(*args): return function(held, *args)
    return wrapper
class Job:
    @kept
    def run(self): pass
`);
  expect(holders('Bound')).toEqual(["module __main__ → Job → type.run → function's variable held"]);
});

test('generators do what they do in CPython', () => {
  const program = `def log(*args): print(*args)
def inner():
    try:
        got = yield 'a'
        log('got', got)
        yield 'b'
    except KeyError as error:
        log('caught', error)
        yield 'c'
    finally:
        log('closed')
    return 'result'
def outer():
    result = yield from inner()
    log('result', result)
    for i in range(5):
        if i == 1: continue
        if i == 3: break
        yield i
    else:
        log('never')
    for i in range(2):
        yield -i
    else:
        log('else')
    for i in range(3):
        for j in range(3):
            if j == 1: break
            yield (i, j)
        if i == 1: return 'end'
g = outer()
log(next(g), g.send(5))
log(list(g))
g = outer()
next(g)
try: g.throw(ValueError('v'))
except ValueError as error: log('out', error)
def returns():
    for i in range(3):
        try:
            yield i
        finally:
            log('finally', i)
        if i: return i
def wraps():
    log((yield from returns()))
log(list(wraps()))
def pairs():
    for a in (1, 2):
        yield from ((a, b) for b in (3, 4) for c in range(1))
log(list(pairs()))
`;
  expect(printed(program)).toBe(`got 5
a b
closed
result result
else
[0, 2, 0, -1, (0, 0), (1, 0)]
closed
out v
finally 0
finally 1
1
[0, 1]
[(1, 3), (1, 4), (2, 3), (2, 4)]
`);
});
