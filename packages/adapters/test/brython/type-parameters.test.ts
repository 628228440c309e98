import { expect, test } from 'vitest';
import { startGuest } from './start.ts';

/** The distinct stacks of what a program has made, oldest frame first. */
async function stacksOf(source: string): Promise<string[]> {
  const guest = await startGuest();
  guest.tracer.start(25);
  guest.run(source, 'app');
  const stacks = [...guest.tracer.takeSnapshot().traces]
    .map(({ traceback }) => traceback.frames)
    .filter((frames) => frames.at(-1)?.filename.endsWith('app.py'))
    .map((frames) => frames.map(({ lineno, functionName }) => `${lineno} ${functionName}`));
  return [...new Set(stacks.map((frames) => frames.join(', ')))].sort();
}

test('what has type parameters is made in a frame of theirs, as in CPython, and keeps its name', async () => {
  const source = `class Box[T]:
    class Lid[U]:
        sizes = [1, 2]
    def put[V](self, item: V):
        return [item]
def first[T](items: T):
    return [items]
kept = [Box().put(1), first(2)]
assert Box.Lid.__qualname__ == 'Box.Lid', Box.Lid.__qualname__
`;
  expect(await stacksOf(source)).toMatchInlineSnapshot(`
    [
      "1 <module>, 1 <generic parameters of Box>",
      "1 <module>, 1 <generic parameters of Box>, 2 Box, 2 <generic parameters of Lid>",
      "1 <module>, 1 <generic parameters of Box>, 2 Box, 2 <generic parameters of Lid>, 3 Box.Lid",
      "1 <module>, 1 <generic parameters of Box>, 4 Box, 4 <generic parameters of put>",
      "6 <module>, 6 <generic parameters of first>",
      "8 <module>",
      "8 <module>, 5 Box.put",
      "8 <module>, 7 first",
    ]
  `);
});

test('a class with type parameters whose body fails leaves frames as one without', async () => {
  const guest = await startGuest();
  guest.tracer.start(25);
  const source = `try:
    class Bad[T]:
        raise KeyError('x')
except KeyError as error:
    at = error.__traceback__
    while at:
        print(at.tb_frame.f_code.co_name, at.tb_lineno)
        at = at.tb_next
`;
  guest.run(source, 'app');
  expect(guest.output.out).toBe('<module> 2\n<generic parameters of Bad> 2\nBad 3\n');
});

test('a method of an expression of several lines is called on the line of its name', async () => {
  const source = `words = ('''one
two'''.split())
copies = (words
    .copy()
    .copy())
`;
  expect(await stacksOf(source)).toMatchInlineSnapshot(`
    [
      "2 <module>",
      "5 <module>",
    ]
  `);
});

test('`str()` of an exception is the very str that it was raised with', async () => {
  const source = `texts = []
for number in range(3):
    try:
        raise ValueError('no such thing')
    except ValueError as error:
        texts.append(str(error))
`;
  const guest = await startGuest();
  guest.tracer.start(1);
  guest.run(source, 'app');
  const { traces } = guest.tracer.takeSnapshot();
  expect([...traces].filter(({ type }) => type === 'str')).toEqual([]);
});
