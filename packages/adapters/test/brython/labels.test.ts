import { installBrythonModule } from '@tracemalloc/adapters/brython';
import { expect, test } from 'vitest';
import { labelsByLine } from '../labels-by-line.ts';
import { labelsInPython, nestedBlocks } from '../python-labels.ts';
import { startGuest } from './start.ts';

const guest = await startGuest();
installBrythonModule({ $B: guest.runtime.$B }, guest.adapter);

/** Where the big lists of a program are from, and their labels. */
const labelled = (source: string) =>
  labelsInPython(guest.tracer, (program) => guest.run(program), source);

test('a label holds in its block, nested ones in theirs', async () => {
  expect(await labelled(nestedBlocks.source)).toEqual(nestedBlocks.labels);
});

test('a generator has its label whenever it runs, and whoever resumes it has not', async () => {
  const lines = await labelled(`def items():
    with label('generator'):
        for i in range(2):
            yield [0] * 1000
for item in items():
    keep.append(item)
    keep.append([0] * 1000)`);
  expect(lines).toEqual(['6: generator', '9: ']);
});

test('what a task allocates after an await is the task’s', async () => {
  const lines = await labelled(`import asyncio
async def work():
    keep.append([0] * 1000)
    await asyncio.sleep(0)
    with label('work'):
        await asyncio.sleep(0)
        await deeper()
    keep.append([0] * 1000)
async def deeper():
    await asyncio.sleep(0)
    keep.append([0] * 1000)
async def main():
    with label('request'):
        first = asyncio.create_task(work())
        asyncio.get_running_loop().call_soon(lambda: keep.append([0] * 1000))
    second = asyncio.create_task(work(), name='second')
    await first
    await second
    keep.append([0] * 1000)
    # Tasks that allocate after they were named.
    third = asyncio.create_task(work())
    third.set_name('third')
    await third
asyncio.run(main())`);
  expect(lines).toEqual([
    '5: request',
    '5: thread=second',
    '5: thread=third',
    '10: request',
    '10: thread=second',
    '10: thread=third',
    '13: work',
    '17: request',
    '21: thread=Task-1',
  ]);
});

test('functions of every kind are labelled by a decorator, and stay what they were', async () => {
  const lines = await labelled(`import asyncio, functools
@label('function')
def function():
    "Doc."
    return [0] * 1000
@label('generator')
def generator():
    yield [0] * 1000
    yield [0] * 1000
@label('coroutine')
async def coroutine():
    await asyncio.sleep(0)
    keep.append([0] * 1000)
class Class:
    @label('method')
    def method(self):
        return [0] * 1000
    @label('static')
    @staticmethod
    def static():
        return [0] * 1000
def closures(name):
    @label(name)
    def inner():
        return [0] * 1000
    return inner
keep += [function(), *generator(), Class().method(), Class.static(), closures('a')(), closures('b')()]
asyncio.run(coroutine())
keep.append(label('partial')(functools.partial(list, range(1000)))())
assert (function.__name__, function.__doc__) == ('function', 'Doc.')
assert asyncio.iscoroutinefunction(coroutine)`);
  expect(lines).toEqual([
    '7: function',
    '10: generator',
    '11: generator',
    '15: coroutine',
    '19: method',
    '23: static',
    '27: a',
    '27: b',
    '31: partial',
  ]);
});

test('a context manager of the program’s labels whoever enters it', async () => {
  const lines = await labelled(`from contextlib import contextmanager, ExitStack
@contextmanager
def managed():
    with label('managed'):
        yield
with managed():
    keep.append([0] * 1000)
keep.append([0] * 1000)
with ExitStack() as stack:
    stack.enter_context(label('stacked'))
    keep.append([0] * 1000)
keep.append([0] * 1000)
@managed()
def decorated():
    keep.append([0] * 1000)
decorated()`);
  expect(lines).toEqual(['9: managed', '10: ', '13: stacked', '14: ', '17: managed']);
});

test('a label of the host’s is that of what it calls, also when that waits and goes on', async () => {
  const { tracer, runtime } = guest;
  tracer.start(5);
  const go = tracer.withLabel('host', () =>
    runtime.runToEnd({
      source: `import asyncio
keep = []
async def wait():
    await asyncio.sleep(0)
    keep.append([0] * 1000)
asyncio.run(wait())
from browser import timer
timer.set_timeout(lambda: keep.append([0] * 1000), 0)
`,
      filename: 'main.py',
    }),
  );
  await go;
  const lines = labelsByLine(tracer, 'main.py');
  tracer.stop();
  expect([lines, tracer.currentLabel]).toEqual([['5: host', '8: host'], 0]);
});

test('what is no name, or no limit, is said as Python says it', () => {
  guest.output.out = '';
  guest.run(`from tracemalloc_extra import label, limit, mark
limit(10**6)
for wrong in [lambda: label(1), lambda: mark(None), lambda: limit(0), lambda: limit(1.5), lambda: limit(2**60)]:
    try:
        wrong()
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
limit(None)
print(label('a "b"'))`);
  expect(guest.output.out).toBe(`TypeError name must be a str, not int
TypeError name must be a str, not NoneType
ValueError size must be in 1..9007199254740991, got 0
TypeError size must be an int or None, not float
ValueError size must be in 1..9007199254740991, got 1152921504606846976
label('a "b"')
`);
});
