import { expect, test } from 'vitest';
import { golden, isSameSize, measureInSkulpt } from './containers.ts';

/** A sample; `npm run parity` measures all of them, of up to 10000 items. */
const containers = golden.containers.filter(({ n }) => n === 5 || n === 100);

/** Sizes that differ by more than 10 %, with the reason. */
const different: Readonly<Record<string, string>> = {
  'deque(list) 100': 'all deques count as if they had been appended to',
  'passed through 100': 'blocks that a deque has left are not known',
};

test('containers are as large as CPython’s', () => {
  const off = measureInSkulpt(containers)
    .filter((container) => !isSameSize(container))
    .map(({ name, n, bytes, guest }) => ({ key: `${name} ${n}`, bytes, guest }));
  expect(off.filter(({ key }) => different[key] === undefined)).toEqual([]);
  expect(off.map(({ key }) => key).sort()).toEqual(Object.keys(different).sort());
});
