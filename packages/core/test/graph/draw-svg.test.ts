import { drawSvg, type Picture } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';
import { layersOf } from '../../src/graph/layers.ts';
import { runs } from '../runs.ts';

/** `a -> b -> c, b -> a`: the boxes by layer, and which arrows point back. */
function layers(text: string): string {
  const names = [...new Set(text.match(/\w+/g))];
  const pairs = text.split(', ').flatMap((chain) => {
    const boxes = chain.split(' -> ').map((name) => names.indexOf(name));
    return boxes.slice(1).map((to, i): [number, number] => [boxes[i]!, to]);
  });
  const { rows, ways, isBack } = layersOf(names.length, pairs);
  const drawn = rows.map((row) => row.map((place) => names[place] ?? '·').join(' ')).join(' | ');
  const back = pairs
    .filter((_, i) => isBack[i])
    .map(([from, to]) => `${names[from]} -> ${names[to]}`);
  expect(ways.map((way) => [way[0], way.at(-1)])).toEqual(
    pairs.map(([from, to], i) => (isBack[i] ? [to, from] : [from, to])),
  );
  return back.length === 0 ? drawn : `${drawn}, back: ${back.join(', ')}`;
}

test.each([
  ['a -> b -> c', 'a | b | c'],
  ['a -> b, a -> c', 'a | b c'],
  ['a -> b -> c, a -> c', 'a | b · | c'],
  ['a -> b -> a', 'a | b, back: b -> a'],
  ['a -> x, b -> y, a -> y, b -> x', 'a b | x y'],
  ['a -> d, b -> c', 'a b | d c'],
  ['r -> a, r -> b, b -> x, a -> y', 'r | a b | y x'],
])('%s is layered as %s', (arrows, expected) => {
  expect(layers(arrows)).toBe(expected);
});

/** Numbers of rectangles: x, y, width, height. */
function boxesIn(svg: string): number[][] {
  return [
    ...svg.matchAll(/<rect [^>]*x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
  ].map(([, ...numbers]) => numbers.map(Number));
}

test('boxes of random pictures never overlap, and stand within the picture', () => {
  let state = 5;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let run = 0; run < runs(60); run++) {
    const count = below(25);
    const boxes = Array.from({ length: count }, (_, i) => ({
      lines: Array.from({ length: 1 + below(3) }, () => 'x'.repeat(below(70)) + i),
      style: (['plain', 'root', 'marked'] as const)[below(3)]!,
    }));
    const arrows = Array.from({ length: count === 0 ? 0 : below(40) }, () => {
      return { from: below(count), to: below(count), label: 'n'.repeat(below(20)) };
    });
    const svg = drawSvg({ boxes, arrows }, 'random');
    const found = boxesIn(svg);
    expect(found.length).toBe(count);
    const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
    for (const [i, [x, y, w, h]] of found.entries()) {
      expect(x! >= 0 && y! >= 0 && x! + w! <= width! && y! + h! <= height!).toBe(true);
      for (const [otherX, otherY, otherW, otherH] of found.slice(i + 1)) {
        const isApart =
          x! + w! <= otherX! ||
          otherX! + otherW! <= x! ||
          y! + h! <= otherY! ||
          otherY! + otherH! <= y!;
        expect(isApart).toBe(true);
      }
    }
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  }
});

test('what the guest has named is text, whatever it is', () => {
  const hostile = [
    '<script>alert(1)</script>',
    `"' onload="x`,
    ']]>&amp;',
    'a\0b\ud800\u202e',
    '名前',
  ];
  const picture: Picture = {
    boxes: [{ lines: hostile, style: 'plain' }],
    arrows: [{ from: 0, to: 0, label: hostile[0]! }],
  };
  const svg = drawSvg(picture, hostile[0]!);
  expect(svg.match(/<[a-z]+/g)!.filter((tag, i, all) => all.indexOf(tag) === i)).toEqual([
    ...['<svg', '<title', '<style', '<defs', '<marker', '<path', '<text', '<g', '<rect'],
  ]);
  expect(svg).not.toMatch(/<script|onload="|\0|[\ud800-\udfff]/);
  expect(svg).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
});
