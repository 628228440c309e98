import { nodeCollector } from '@tracemalloc/adapters/brython/node';
import { beforeAll, expect, test } from 'vitest';
import { fewBlocks } from '../../src/brython/objects/glance.ts';
import { type Guest, startGuest } from './start.ts';

let guest: Guest;
let collections = 0;
/** What the guest's `glance()` has read. */
const glances: { readonly current: number; readonly isLook: boolean }[] = [];

beforeAll(async () => {
  const collector = nodeCollector()!;
  const collect = (): void => {
    collections++;
    collector.collect();
  };
  guest = await startGuest({ collector: { ...collector, collect } });
  const { adapter, tracer } = guest;
  guest.runtime.addNativeModule('probe', {
    settle: () => void adapter.settle(),
    glance() {
      const before = collections;
      const { current } = adapter.glance(() => tracer.getTracedMemory());
      glances.push({ current, isLook: collections > before });
    },
  });
});

/** Whether each `glance()` of a program was a look at all, and the bytes that it read beside the first. */
function glancesOf(source: string): string {
  glances.length = 0;
  guest.tracer.start(1);
  guest.run(`from probe import glance, settle\n${source}`);
  guest.tracer.stop();
  const first = glances[0]!.current;
  return glances
    .map(({ current, isLook }) => `${isLook ? 'look' : 'glance'} ${kib(current - first)}`)
    .join(', ');
}

function kib(bytes: number): string {
  const rounded = Math.round(bytes / 1024);
  return `${rounded > 0 ? '+' : ''}${rounded}`;
}

const lists = 0.6 * fewBlocks;
/** Each is two blocks, of 64 bytes together. */
const manyLists = `kept = [[None] for _ in range(${lists})]\n`;
/** So many KiB are in them and the list that holds them. */
const all = Math.round((lists * (64 + 8)) / 1024);

test('where few blocks live, each read looks at all', () => {
  expect(glancesOf('kept = []\nglance()\nglance()')).toBe('look 0, look 0');
});

test('where many live and nothing has changed, a read looks at what is young alone', () => {
  expect(glancesOf(`${manyLists}glance()\nglance()`)).toBe('look 0, glance 0');
});

test('a glance sees what was made, and what of it died', () => {
  const source = `${manyLists}glance()\nmore = bytearray(51200)\nglance()\nmore = None\nglance()`;
  expect(glancesOf(source)).toMatch(/^look 0, glance \+50, (glance|look) 0$/);
});

test('when much was made, the next read looks at all', () => {
  const source = `${manyLists}glance()\nmore = [[None] for _ in range(3000)]\nglance()\nglance()`;
  const more = Math.round((3000 * (64 + 8)) / 1024);
  const [, second, third] = glancesOf(source).split(', ');
  expect(second).toMatch(/^look /);
  expect(third).toBe(second!.replace('look', 'glance'));
  expect(Number(second!.split(' ')[1])).toBeGreaterThanOrEqual(more);
});

test.each([
  ['a variable', `${manyLists}glance()\ndel kept\nglance()`],
  ['the items of a container', `${manyLists}glance()\nkept.clear()\nglance()`],
  [
    'an attribute of an object',
    `class Box: pass\nbox = Box()\nbox.box = Box()\n${manyLists}box.box.kept = kept\ndel kept\nglance()\nbox.box.kept = None\nglance()`,
  ],
  ['a variable of a function', `def work():\n    ${manyLists}    glance()\nwork()\nglance()`],
  [
    'half of a linked list',
    `head = None\nfor _ in range(${2 * lists}):\n    head = [head]\nglance()\nhead = None\nglance()`,
  ],
])('much that %s held is looked for as soon as it is let go', (_name, source) => {
  const [first, second] = glancesOf(source).split(', ');
  expect([first, second?.split(' ')[0]]).toEqual(['look 0', 'look']);
  expect(Number(second?.split(' ')[1])).toBeLessThan(-0.95 * Math.min(all, 5000));
});

test('what is let go little by little is off by a sixteenth at most; settle() makes it exact', () => {
  const source = `${manyLists}glance()\nfor i in range(1000):\n    kept[i] = None\nglance()\nsettle()\nglance()`;
  const freed = Math.floor((1000 * 64) / 1024);
  expect(glancesOf(source)).toBe(`look 0, glance 0, glance -${freed}`);
});

test('what is let go in parts is looked for when they come to a sixteenth', () => {
  const part = lists / 40;
  const source = `${manyLists}for _ in range(11):\n    glance()\n    del kept[-${part}:]\nglance()`;
  const reads = glancesOf(source).split(', ');
  const gone = (read: string | undefined) => -Number(read?.split(' ')[1]);
  for (const [i, read] of reads.entries()) {
    const freed = (i * part * 64) / 1024;
    expect(freed - gone(read)).toBeLessThanOrEqual((all - gone(read)) / 16);
  }
  expect(reads.filter((read) => read.startsWith('look')).length).toBeLessThan(8);
});

test('a loop that reads after each step pays for no look', () => {
  const source = `${manyLists}glance()
def work(number):
    found = [number, [number], {'number': number}]
    glance()
    return found
for number in range(20):
    work(number)
`;
  const reads = glancesOf(source).split(', ').slice(1);
  expect(reads).toHaveLength(20);
  expect(reads.filter((read) => read.startsWith('look'))).toEqual([]);
});
