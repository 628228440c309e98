import { describe, expect, it } from 'vitest';
import { groupSites } from '../../app/rows/grouping.ts';
import { fileRows, hotRows, sourceLines } from '../../app/rows/source.ts';
import { isSome, keptSites, keysOf, sumAt, sumOf, weightOf } from './naive.ts';
import { randomData, randomFigures, randomOf } from './random-data.ts';

describe.each([false, true])('source (difference: %s)', (difference) => {
  const random = randomOf(difference ? 1 : 2);
  const data = randomData(random);
  const figures = randomFigures(data, random, difference);
  const kept = keptSites(figures);
  const app = data.strings.indexOf('app.py');
  const linesOf = (line: number) => ({
    own: sumOf(
      figures,
      kept.filter((site) => keysOf(data, site, 'line')[0] === `app.py:${line}`),
    ),
    total: sumOf(
      figures,
      kept.filter((site) => keysOf(data, site, 'line').includes(`app.py:${line}`)),
    ),
  });

  it('lists the files by what was allocated in them', () => {
    const files = groupSites(data, 'file');
    const { order, own, total } = fileRows(files, figures, difference);
    const names = [...order].map((file) => {
      const frame = files.frame[file]!;
      return frame < 0 ? 'none' : data.strings[data.frames.file[frame]!]!;
    });
    expect([...names].sort()).toEqual(['a\nb.py', 'app.py', 'lib/json.py', 'none']);
    for (const [i, file] of order.entries()) {
      const name = names[i]!;
      const mine = kept.filter((site) => keysOf(data, site, 'file')[0] === name);
      const through = kept.filter((site) => keysOf(data, site, 'file').includes(name));
      expect(sumAt(own, file)).toEqual(sumOf(figures, mine));
      expect(sumAt(total, file)).toEqual(sumOf(figures, through));
    }
    const weights = [...order].map((file) => weightOf(sumAt(own, file), difference));
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  });

  it('has each line of the source, and lines with figures that it does not have', () => {
    const lines = sourceLines(data, app, 'import json\r\n\tx = 1\n', figures, difference);
    expect([...lines.line]).toEqual([1, 2, 3, 4]);
    expect(lines.text).toEqual(['import json', '\tx = 1', null, null]);
    const rows = [1, 2, 3, 4].map(linesOf);
    expect([0, 1, 2, 3].map((row) => sumAt(lines.own, row))).toEqual(rows.map((row) => row.own));
    expect([0, 1, 2, 3].map((row) => sumAt(lines.total, row))).toEqual(
      rows.map((row) => row.total),
    );
    expect(lines.hottest).toBe(Math.max(...rows.map((row) => weightOf(row.total, difference))));
    const hot = [...hotRows(lines, difference)];
    expect([...hot].sort()).toEqual([0, 1, 2, 3].filter((row) => isSome(rows[row]!.total)));
  });

  it('has the lines with figures alone where there is no source', () => {
    const lines = sourceLines(data, app, undefined, figures, difference);
    expect([...lines.line]).toEqual([1, 2, 3, 4].filter((line) => isSome(linesOf(line).total)));
    expect(lines.text.every((text) => text === null)).toBe(true);
  });
});
