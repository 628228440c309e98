import { expect, test } from 'vitest';
import { liveByLine, startGuest } from './start.ts';

const program = `def pick(value):
    match value:
        case [first, *rest]:
            return rest
        case {'k': {'z': [
                first, *deeper]}}:
            return deeper
        case {'k': first, **others}:
            return others

def in_function(value):
    match value:
        case [first, *rest]:
            return rest
        case _:
            return None

values = [[0] * 50, {'k': {'z': [0] * 60}}, {'k': 1, 'a': 2, 'b': 3}, [0] * 70]
def main(kept=[]):
    for value in values:
        kept.append(pick(value))
    kept.append(in_function(values[0]))
main()
match values:
    case [first, *rest]:
        pass
after = None
`;

test('what a case captures stands at the line of its pattern, in its function', async () => {
  const guest = await startGuest();
  guest.tracer.start();
  guest.run(program);
  const lines = program.split('\n');
  const found = [...liveByLine(guest.tracer).keys()].flatMap((place) => {
    const [, line, type] = /^main\.py:(\d+) (list|dict)$/.exec(place) ?? [];
    return line === undefined ? [] : [`${lines[Number(line) - 1]!.trim()} ${type}`];
  });
  expect(found.filter((text) => !/^(?:values|def|kept)/.test(text)).sort()).toEqual([
    'case [first, *rest]: list',
    'case [first, *rest]: list',
    'case [first, *rest]: list',
    "case {'k': first, **others}: dict",
    "case {'k': {'z': [ list",
  ]);
});
