import { layersOf } from './layers.ts';

/** Boxes and arrows, to be drawn. */
export type Picture = {
  /** What there is. */
  readonly boxes: readonly PictureBox[];
  /** How it belongs together, by positions in `boxes`. */
  readonly arrows: readonly PictureArrow[];
};

/** A box with some lines of text. */
export type PictureBox = {
  /** What is written into it. */
  readonly lines: readonly string[];
  /** `root` is dashed, `marked` has a thick border. */
  readonly style: 'plain' | 'root' | 'marked';
};

/** An arrow from a box to another one, or to itself. */
export type PictureArrow = {
  /** Where it begins. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  /** What is written beside it. */
  readonly label: string;
};

/** Pixels. A letter is as wide as the widest usual ones, so that text never leaves its box. */
const letter = 7.2;
const line = 16;
const padding = 10;
const rowGap = 18;
const leastGap = 56;
const margin = 12;
const passHeight = 6;
/** Letters of a line that are drawn; all of them are in the box's title. */
const longest = 48;

type Place = { x: number; y: number; readonly width: number; readonly height: number };

const styles =
  '<style>text{font:12px ui-monospace,monospace;fill:#222}.b{fill:#fff;stroke:#555}.r{stroke-dasharray:4}.m{stroke-width:2.5}.a{fill:none;stroke:#777}.l{font-size:11px;fill:#333;stroke:#fff;stroke-width:4;paint-order:stroke}svg{background:#fff}@media(prefers-color-scheme:dark){text,.l{fill:#ddd}.b{fill:#222;stroke:#aaa}.l{stroke:#181818}svg{background:#181818}}</style>';

/**
 * A picture as an SVG of its own, holders left of what they hold: with no script, link or request, in the colours of
 * light or dark as its reader prefers. All that the guest named is text. For pictures of some hundred boxes.
 */
export function drawSvg({ boxes, arrows }: Picture, title: string): string {
  const between = arrows.filter(({ from, to }) => from !== to);
  const { rows, ways, isBack } = layersOf(
    boxes.length,
    between.map(({ from, to }) => [from, to]),
  );
  const places = placed(rows, ways, boxes, between);
  const parts = between.map((arrow, i) => {
    const way = ways[i]!.map((place) => places[place]!);
    return arrowText(isBack[i] ? [...way].reverse() : way, arrow.label);
  });
  for (const { from, to, label } of arrows) {
    if (from === to) parts.push(loopText(places[from]!, label));
  }
  for (const [i, box] of boxes.entries()) parts.push(boxText(box, places[i]!));
  const width = round(Math.max(...places.map((p) => p.x + p.width), 0) + 3 * margin);
  const height = round(Math.max(...places.map((p) => p.y + p.height), 0) + margin);
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
  const tip =
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 .8 7.5 4 0 7.2Z" fill="#777"/></marker></defs>';
  return `${head}\n<title>${escaped(title)}</title>${styles}${tip}\n${parts.join('\n')}\n</svg>\n`;
}

/** Where boxes stand, and where arrows pass. */
function placed(
  rows: readonly (readonly number[])[],
  ways: readonly (readonly number[])[],
  boxes: readonly PictureBox[],
  arrows: readonly PictureArrow[],
): Place[] {
  const places: Place[] = [];
  const gaps = rows.map(() => leastGap);
  const layer = new Map(
    rows.flatMap((row, at) => row.map((place): [number, number] => [place, at])),
  );
  for (const [i, way] of ways.entries()) {
    const at = layer.get(way[0]!)!;
    gaps[at] = Math.max(gaps[at]!, lettersOf(arrows[i]!.label) * letter + 2 * padding);
  }
  let x = margin;
  for (const [at, row] of rows.entries()) {
    let y = margin;
    let widest = 0;
    for (const place of row) {
      const { width, height } = sizeOf(boxes[place]);
      places[place] = { x, y, width, height };
      y += height + rowGap;
      widest = Math.max(widest, width);
    }
    x += widest + gaps[at]!;
  }
  spread(rows, ways, places);
  return places;
}

/** Moves places towards the middle of what they belong to, and apart again where they would overlap. */
function spread(
  rows: readonly (readonly number[])[],
  ways: readonly (readonly number[])[],
  places: readonly Place[],
): void {
  const around: number[][] = places.map(() => []);
  for (const way of ways) {
    for (let i = 1; i < way.length; i++) {
      around[way[i]!]!.push(way[i - 1]!);
      around[way[i - 1]!]!.push(way[i]!);
    }
  }
  const middle = (place: number): number => places[place]!.y + places[place]!.height / 2;
  for (let pass = 0; pass < 8; pass++) {
    for (const row of pass % 2 === 0 ? rows : [...rows].reverse()) {
      for (const place of row) {
        const others = around[place]!;
        if (others.length === 0) continue;
        const mean = others.reduce((sum, other) => sum + middle(other), 0) / others.length;
        places[place]!.y = mean - places[place]!.height / 2;
      }
      apart(row, places);
    }
  }
  const top = Math.min(...places.map(({ y }) => y), margin);
  for (const place of places) place.y += margin - top;
}

function apart(row: readonly number[], places: readonly Place[]): void {
  const wanted = row.map((place) => places[place]!.y);
  let free = Number.NEGATIVE_INFINITY;
  for (const place of row) {
    const at = places[place]!;
    at.y = Math.max(at.y, free);
    free = at.y + at.height + rowGap;
  }
  // Together as far up as they would have liked to be on average.
  const moved = row.reduce((sum, place, i) => sum + places[place]!.y - wanted[i]!, 0);
  for (const place of row) places[place]!.y -= moved / row.length;
}

/** Of a place where an arrow passes, no box. */
function sizeOf(box: PictureBox | undefined): { width: number; height: number } {
  if (box === undefined) return { width: 0, height: passHeight };
  const letters = Math.max(1, ...box.lines.map(lettersOf));
  return {
    width: letters * letter + 2 * padding,
    height: Math.max(1, box.lines.length) * line + padding,
  };
}

function boxText({ lines, style }: PictureBox, { x, y, width, height }: Place): string {
  const kind = { plain: 'b', root: 'b r', marked: 'b m' }[style];
  const rect = `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="4"/>`;
  const texts = lines.map((text, i) => {
    const at = y + padding / 2 + line * (i + 0.75);
    return `<text x="${round(x + width / 2)}" y="${round(at)}" text-anchor="middle">${escaped(shown(text))}</text>`;
  });
  return `<g>${rect}<title>${escaped(lines.join('\n'))}</title>${texts.join('')}</g>`;
}

/** A curve by way of some places, which leaves and enters boxes at their sides. */
function arrowText(way: readonly Place[], label: string): string {
  const [first, second] = way as [Place, Place];
  const goesLeft = first.x > second.x;
  const side = (place: Place, isEntered: boolean): [number, number] => [
    place.x + (isEntered === goesLeft ? place.width : 0),
    place.y + place.height / 2,
  ];
  let [x, y] = side(first, false);
  let path = `M${round(x)} ${round(y)}`;
  const start = [x, y] as const;
  for (const place of way.slice(1)) {
    const [nextX, nextY] = side(place, true);
    const bend = (nextX - x) / 2;
    path += `C${round(x + bend)} ${round(y)} ${round(nextX - bend)} ${round(nextY)} ${round(nextX)} ${round(nextY)}`;
    [x, y] = [nextX, nextY];
  }
  const [endX, endY] = side(second, true);
  const text = labelText((start[0] + endX) / 2, (start[1] + endY) / 2 - 3, 'middle', label);
  return `<path class="a" marker-end="url(#tip)" d="${path}"/>${text}`;
}

/** Out of a box at its right side, and into it again. */
function loopText({ x, y, width, height }: Place, label: string): string {
  const right = round(x + width);
  const from = round(y + height / 3);
  const to = round(y + (2 * height) / 3);
  return `<path class="a" marker-end="url(#tip)" d="M${right} ${from}C${right + 30} ${from - 12} ${right + 30} ${to + 12} ${right} ${to}"/>${labelText(right + 26, y + height / 2 + 4, 'start', label)}`;
}

function labelText(x: number, y: number, anchor: string, label: string): string {
  if (label === '') return '';
  return `<text class="l" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(shown(label))}</text>`;
}

/** How many letters wide a line is: those of East Asia are two. */
function lettersOf(text: string): number {
  let letters = 0;
  for (const character of shown(text)) letters += character.codePointAt(0)! < 0x1100 ? 1 : 2;
  return letters;
}

function shown(text: string): string {
  if (text.length <= longest) return text;
  const half = longest / 2;
  return `${text.slice(0, half - 1)}…${text.slice(-half)}`;
}

/** What XML has no way to say becomes U+FFFD. */
const notInXml = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text
    .replace(notInXml, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
