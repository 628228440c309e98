import { attachMicroPython, installMicroPythonModule } from '@tracemalloc/adapters/micropython';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { labelsInPython, nestedBlocks } from '../python-labels.ts';
import { newMicroPython } from './new-micropython.ts';

const micropython = await newMicroPython();
const tracer = new Tracer();
const adapter = attachMicroPython(micropython, tracer);
installMicroPythonModule(micropython, adapter);

/** Where the big lists of a program are from, and their labels. */
const labelled = (source: string) =>
  labelsInPython(
    tracer,
    (program) =>
      micropython.runPython(
        `exec(compile(${JSON.stringify(program)}, 'main.py', 'exec'), globals())`,
      ),
    source,
  );

test('a label holds in its block, nested ones in theirs, and it ends with an error', async () => {
  expect(await labelled(nestedBlocks.source)).toEqual(nestedBlocks.labels);
});

test('generators and coroutines have their label whenever they run, and who resumes them has not', async () => {
  const lines = await labelled(`def items():
    with label('generator'):
        for i in range(2):
            yield [0] * 1000
@label('decorated')
def more(n):
    keep.append([0] * 1000)
    yield [0] * 1000
    return n
class Pause:
    def __iter__(self):
        yield
@label('work')
async def work():
    keep.append([0] * 1000)
    await Pause()
    keep.append([0] * 1000)
    return 7
for item in items():
    keep.append(item)
    keep.append([0] * 1000)
keep.extend(more(3))
task = work()
task.send(None)
keep.append([0] * 1000)
try:
    task.send(None)
except StopIteration as stop:
    assert stop.value == 7
keep.append([0] * 1000)`);
  expect([...new Set(lines)]).toEqual([
    '6: generator',
    '9: decorated',
    '10: decorated',
    '17: work',
    '19: work',
    '23: ',
    '27: ',
    '32: ',
  ]);
});

test('what is no name, and no limit, is an error', () => {
  micropython.runPython(`from tracemalloc_extra import label, limit, mark
def error(call, argument):
    try:
        call(argument)
    except Exception as error:
        return type(error).__name__ + ': ' + str(error)
errors = '\\n'.join([error(label, 3), error(mark, None), error(limit, 0), str(mark('loaded'))])`);

  expect(String(micropython.globals.get('errors')).split('\n')).toEqual([
    'TypeError: name must be a str, not int',
    'TypeError: name must be a str, not NoneType',
    'ValueError: size must be in 1..9007199254740991, got 0',
    'None',
  ]);
});
