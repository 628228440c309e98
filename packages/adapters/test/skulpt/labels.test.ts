import { installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { expect, test } from 'vitest';
import { labelsInPython } from '../python-labels.ts';
import { startGuest } from './start.ts';

const guest = startGuest();
installSkulptModule(guest.Sk, guest.adapter);

/** Where the big lists of a program are from, and their labels. */
const labelled = (source: string) =>
  labelsInPython(guest.tracer, (program) => guest.runAsync(program), source);

test('a label holds in its block, in functions that it decorates, and in what they call', async () => {
  const lines = await labelled(`with label('outer'):
    keep.append([0] * 1000)
    with label('inner'):
        keep.append([0] * 1000)
    keep.append([0] * 1000)
keep.append([0] * 1000)
def helper():
    return [0] * 1000
class Class:
    @label('method')
    def method(self):
        return helper()
keep.append(Class().method())
keep.append(helper())
try:
    with label('failing'):
        raise ValueError
except ValueError:
    keep.append([0] * 1000)`);
  expect(lines).toEqual(['4: outer', '6: inner', '7: outer', '8: ', '10: ', '10: method', '21: ']);
});

test('a generator has its label whenever it runs, and whoever resumes it has not', async () => {
  const lines = await labelled(`def items(n):
    for i in range(n):
        yield [0] * 1000
for item in label('generator')(items)(2):
    keep.append(item)
    keep.append([0] * 1000)`);
  expect(lines).toEqual(['5: generator', '8: ']);
});

test('it is there again after a program has waited', async () => {
  const lines = await labelled(`import time
def wait():
    with label('waiting'):
        time.sleep(0.001)
        keep.append([0] * 1000)
    time.sleep(0.001)
    keep.append([0] * 1000)
with label('calling'):
    wait()
time.sleep(0.001)
keep.append([0] * 1000)`);
  expect(lines).toEqual(['7: waiting', '9: calling', '13: ']);
});
