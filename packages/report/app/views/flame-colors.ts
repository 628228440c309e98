import type { SnapshotData } from '@tracemalloc/core';
import type { FlameLayout } from './flame-layout.ts';

/** Hues of files; the same file has the same in every view of a report. */
const hues = [24, 40, 60, 90, 150, 180, 205, 230, 265, 300, 330, 350] as const;
/** Shades of a difference: nothing, then less and more in steps. */
const steps = 4;

export type Palette = 'light' | 'dark';

/** Red, green and blue, 0 … 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What a flame graph is painted with. */
export type Colors = {
  /** By the kinds of {@link kindsOf}. */
  readonly fills: readonly Rgb[];
  readonly text: string;
  readonly mark: Rgb;
  readonly markText: string;
  /** Opacity of what a search did not find. */
  readonly faded: number;
};

/** By node row, the fill: a file's hue, or how much of a node's change is net growth or shrinking. */
export function kindsOf(layout: FlameLayout, data: SnapshotData): Uint8Array {
  const { tree, base, now, width } = layout;
  const kinds = new Uint8Array(tree.length);
  const ofFile = base === null ? huesOf(data) : null;
  for (let node = 0; node < kinds.length; node++) {
    if (ofFile !== null) {
      const frame = tree.frame[node]!;
      kinds[node] = frame < 0 ? 0 : ofFile[data.frames.file[frame]!]!;
      continue;
    }
    const net = now[node]! - base![node]!;
    const share = width[node]! > 0 ? Math.abs(net) / width[node]! : 0;
    const step = share === 0 ? 0 : Math.min(steps, 1 + Math.floor(share * steps));
    kinds[node] = step === 0 ? 0 : net < 0 ? step : steps + step;
  }
  return kinds;
}

function huesOf(data: SnapshotData): Uint8Array {
  return Uint8Array.from(data.strings, (text) => {
    let hash = 0;
    for (let i = 0; i < Math.min(text.length, 500); i++) {
      hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    }
    return 1 + ((hash >>> 0) % hues.length);
  });
}

/** Blue and orange differ for every common kind of colour blindness, and in lightness to none. */
export function colorsOf(palette: Palette, isDifference: boolean): Colors {
  const dark = palette === 'dark';
  const neutral = dark ? hsl(214, 10, 25) : hsl(214, 14, 89);
  const fills = isDifference
    ? [neutral, ...shades(212, dark), ...shades(28, dark)]
    : [neutral, ...hues.map((hue) => (dark ? hsl(hue, 32, 29) : hsl(hue, 62, 84)))];
  return {
    fills,
    text: dark ? '#f2f4f7' : '#15181c',
    mark: [255, 216, 77],
    markText: '#15181c',
    faded: 0.35,
  };
}

function shades(hue: number, dark: boolean): Rgb[] {
  return Array.from({ length: steps }, (_, step) =>
    dark ? hsl(hue, 36 + step * 8, 24 + step * 3) : hsl(hue, 70 + step * 7, 90 - step * 5),
  );
}

/** CSS's `hsl()`: degrees, and two percentages. */
function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const light = lightness / 100;
  const reach = (saturation / 100) * Math.min(light, 1 - light);
  const channel = (offset: number): number => {
    const sector = (offset + hue / 30) % 12;
    return Math.round(255 * (light - reach * Math.max(-1, Math.min(sector - 3, 9 - sector, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
