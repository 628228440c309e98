import type { SnapshotData } from '@tracemalloc/core';
import { isHostFile, isLibraryFile, libraryModule } from '@tracemalloc/core/analysis';
import { remembered } from '../remember.ts';
import type { FlameLayout } from './flame-layout.ts';

/** Hues in an order in which those that follow each other differ most. */
const hues = [205, 24, 90, 265, 60, 330, 180, 40, 230, 150, 300, 350] as const;
/** So many of them are for files of the program, where it has as many. */
const ownHues = 4;
const ofLibrary = ' (library)';
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

/** By node row the fill, and what the fills are for, the biggest first. */
export type Kinds = { readonly kinds: Uint8Array; readonly legend: readonly LegendEntry[] };

/** A fill of {@link colorsOf} and the files that have it. */
export type LegendEntry = { readonly kind: number; readonly name: string };

/**
 * A bar's fill says whose code it is: each file of the program and each package of a library has a
 * hue of its own, as long as there are hues, the program's files and then the biggest first; the rest is grey. In a comparison it
 * says how much of a node's change is net growth or shrinking.
 */
export function kindsOf(layout: FlameLayout, data: SnapshotData): Kinds {
  if (layout.base !== null) return { kinds: changeKinds(layout, layout.base), legend: [] };
  const { tree, own } = layout;
  const { names, ownerOf } = ownersOf(data, data);
  const sizes = new Float64Array(names.length);
  for (let node = 1; node < tree.length; node++) {
    const owner = ownerOf[tree.frame[node]!];
    // What only calls others is told apart, too: it has a bar.
    if (owner !== undefined) sizes[owner]! += own.now[node]! + 1;
  }
  const order = [...names.keys()].filter((owner) => sizes[owner]! > 0);
  order.sort((a, b) => sizes[b]! - sizes[a]!);
  // One's own code is looked for first: libraries leave it some hues.
  const guests = order.filter((owner) => isGuest(names[owner]!)).slice(0, ownHues);
  order.sort((a, b) => Number(guests.includes(b)) - Number(guests.includes(a)));
  const kindOf = new Map(
    order.slice(0, hues.length).map((owner, index) => [names[owner]!, index + 1]),
  );
  const kindOfOwner = names.map((name) => kindOf.get(name) ?? hues.length + 1);
  const kinds = new Uint8Array(tree.length);
  for (let node = 0; node < tree.length; node++) {
    const owner = ownerOf[tree.frame[node]!];
    if (owner !== undefined) kinds[node] = kindOfOwner[owner]!;
  }
  const legend = Array.from(kindOf, ([name, kind]) => ({ kind, name }));
  const others = order.length - legend.length;
  if (others > 0) legend.push({ kind: hues.length + 1, name: `${others} more` });
  return { kinds, legend };
}

/** The libraries' packages and the program's files, and by frame row which of them it is in. */
const ownersOf = remembered(({ frames, strings }: SnapshotData, _: SnapshotData) => {
  const rows = new Map<string, number>();
  const ofFile = new Map<number, number>();
  const ownerOf = Int32Array.from(frames.file, (file) => {
    let owner = ofFile.get(file);
    if (owner === undefined) {
      const name = ownerOfFile(strings[file]!);
      owner = rows.get(name) ?? rows.size;
      rows.set(name, owner);
      ofFile.set(file, owner);
    }
    return owner;
  });
  return { names: [...rows.keys()], ownerOf };
});

function isGuest(owner: string): boolean {
  return !owner.endsWith(ofLibrary) && !isHostFile(owner) && !owner.startsWith('<');
}

function ownerOfFile(filename: string): string {
  if (!isLibraryFile(filename)) return filename;
  const [name] = (libraryModule(filename) ?? filename).split('.');
  return (name || filename) + ofLibrary;
}

function changeKinds({ tree, now, width }: FlameLayout, base: Float64Array): Uint8Array {
  const kinds = new Uint8Array(tree.length);
  for (let node = 0; node < kinds.length; node++) {
    const net = now[node]! - base[node]!;
    const share = width[node]! > 0 ? Math.abs(net) / width[node]! : 0;
    const step = share === 0 ? 0 : Math.min(steps, 1 + Math.floor(share * steps));
    kinds[node] = step === 0 ? 0 : net < 0 ? step : steps + step;
  }
  return kinds;
}

/** Blue and orange differ for every common kind of colour blindness, and in lightness to none. */
export function colorsOf(palette: Palette, isDifference: boolean): Colors {
  const dark = palette === 'dark';
  const neutral = dark ? hsl(214, 10, 25) : hsl(214, 14, 89);
  const fills = isDifference
    ? [neutral, ...shades(212, dark), ...shades(28, dark)]
    : [
        neutral,
        ...hues.map((hue) => (dark ? hsl(hue, 32, 29) : hsl(hue, 62, 84))),
        dark ? hsl(214, 4, 33) : hsl(214, 6, 80),
      ];
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
