import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { attachPyodide, installPyodideModule } from '../../src/pyodide/index.ts';
import { labelsInPython, nestedBlocks } from '../python-labels.ts';
import { newPyodide } from './new-pyodide.ts';

const pyodide = (await newPyodide()) as Awaited<ReturnType<typeof newPyodide>> & {
  runPythonAsync(code: string, options: { filename: string }): Promise<unknown>;
};
const tracer = new Tracer();
const adapter = attachPyodide(pyodide, tracer);
installPyodideModule(pyodide, adapter);

/** Where the big lists of a program are from, and their labels. */
const labelled = (source: string) =>
  labelsInPython(
    tracer,
    (program) => pyodide.runPythonAsync(program, { filename: 'main.py' }),
    source,
  );

test('a label holds in its block, nested ones in theirs, and it ends with an error', async () => {
  expect(await labelled(nestedBlocks.source)).toEqual(nestedBlocks.labels);
});

test('a generator has its label whenever it runs, and whoever resumes it has not', async () => {
  const lines = await labelled(`def items():
    with label('generator'):
        for i in range(2):
            yield [0] * 1000
@label('decorated')
def more():
    keep.append([0] * 1000)
    yield [0] * 1000
for item in items():
    keep.append(item)
    keep.append([0] * 1000)
keep.extend(more())`);
  expect(lines).toEqual(['6: generator', '9: decorated', '10: decorated', '13: ']);
});

test('what a task or a callback allocates is labelled as who made it, and otherwise by itself', async () => {
  const lines = await labelled(`import asyncio
async def work():
    keep.append([0] * 1000)
    await asyncio.sleep(0)
    with label('work'):
        await deeper()
    keep.append([0] * 1000)
async def deeper():
    await asyncio.sleep(0)
    keep.append([0] * 1000)
def callback():
    keep.append([0] * 1000)
@label('decorated')
async def decorated():
    await asyncio.sleep(0)
    keep.append([0] * 1000)
@label('items')
async def items():
    yield [0] * 1000
with label('request'):
    task = asyncio.create_task(work())
    asyncio.get_running_loop().call_soon(callback)
keep.append([0] * 1000)
await task
await decorated()
async for item in items():
    keep.append(item)
    keep.append([0] * 1000)`);
  expect(lines).toEqual([
    '5: request',
    '9: request',
    '12: work',
    '14: request',
    '18: decorated',
    '21: items',
    '25: ',
    '30: ',
  ]);
});

test('a context manager of the program’s labels who enters it', async () => {
  const lines = await labelled(`from contextlib import ExitStack, contextmanager
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
keep.append([0] * 1000)`);
  expect(lines).toEqual(['9: managed', '10: ', '13: stacked', '14: ']);
});

test('a label is any text, and what is none is an error', async () => {
  const lines = await labelled(`with label('a\\0\\udc80ü😀'):
    keep.append([0] * 1000)`);
  const errors = pyodide.runPython(`from tracemalloc_extra import label, limit, mark
def error(call, argument):
    try:
        call(argument)
    except Exception as error:
        return f'{type(error).__name__}: {error}'
'\\n'.join(error(call, argument) for call, argument in ((label, 3), (mark, None), (limit, 0)))`);

  expect(lines).toEqual(['4: a\0\udc80ü😀']);
  expect(String(errors).split('\n')).toEqual([
    'TypeError: name must be a str, not int',
    'TypeError: name must be a str, not NoneType',
    'ValueError: size must be in 1..9007199254740991, got 0',
  ]);
});
