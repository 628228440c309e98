import { describe, expect, it } from 'vitest';
import {
  formatDelta,
  formatFigure,
  formatGrowth,
  formatShare,
  middle,
  visible,
  visibleLine,
} from '../../app/text.ts';

describe('figures', () => {
  it.each([
    [0, '0 B', '0'],
    [1204, '1204 B', '1,204'],
    [4_971_520, '4855 KiB', '4,971,520'],
    [Number.NaN, '–', '–'],
  ])('%d is %s, or %s blocks', (value, bytes, blocks) => {
    expect([formatFigure(value, 'bytes'), formatFigure(value, 'blocks')]).toEqual([bytes, blocks]);
  });

  it('carry their sign and a glyph when they are differences', () => {
    expect([2048, -2048, 0].map((value) => formatDelta(value, 'bytes'))).toEqual([
      '▲ +2048 B',
      '▼ −2048 B',
      '= 0 B',
    ]);
    expect(formatDelta(-1204, 'blocks')).toBe('▼ −1,204');
  });

  it('are shares of a whole, and never read as nothing when they are something', () => {
    expect([formatShare(7, 10), formatShare(1, 1e6), formatShare(0, 5), formatShare(1, 0)]).toEqual(
      ['70.0 %', '<0.1 %', '0.0 %', '–'],
    );
  });

  it('say how much they grew', () => {
    const grew = [
      [3, 2],
      [1, 2],
      [1, 0],
      [0, 1],
      [0, 0],
    ].map(([now, base]) => formatGrowth(now!, base!));
    expect(grew).toEqual(['+50.0 %', '−50.0 %', 'new', 'gone', '–']);
  });
});

describe('text of the guest', () => {
  it('has nothing that is not seen or that turns the text around', () => {
    expect(visible('a\0b\u202egnp.exe\u200b\ud800\x7f\x85\ufeff')).toBe(
      'a⟨U+0000⟩b⟨U+202E⟩gnp.exe⟨U+200B⟩⟨U+D800⟩⟨U+007F⟩⟨U+0085⟩⟨U+FEFF⟩',
    );
  });

  it('keeps what people write, markup and other scripts with it', () => {
    const text = '</script><img onerror=x> naïve 日本語 עברית 👩‍👩‍👧 e\u0301';
    expect(visible(text)).toBe(text);
  });

  it('keeps the tabs of a line, and drops its end', () => {
    expect(visibleLine('\tx = "\x1b[31m"\r')).toBe('\tx = "⟨U+001B⟩[31m"');
  });

  it('is shortened in the middle, by whole characters', () => {
    expect(middle('short')).toBe('short');
    expect(middle('😀'.repeat(10), 5)).toBe('😀😀…😀😀');
    expect(middle('x'.repeat(10_000))).toHaveLength(96);
  });
});
