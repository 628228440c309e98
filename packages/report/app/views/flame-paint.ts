import type { Colors } from './flame-colors.ts';
import { type FlameLayout, type Found, firstAt, isUncertain, nextAt } from './flame-layout.ts';
import { type FlameStrip, packed } from './flame-strip.ts';

/** Height of a row in CSS pixels, with the gap below it. */
export const rowHeight = 21;
const gap = 1;
const font = '12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
/** Below this many CSS pixels a bar has no gap beside it, so that what is narrow is not lost. */
const minGapWidth = 2;
/** Below this many a bar has no label. */
const minLabelWidth = 36;
const padding = 5;
/** Between the lines of what is hatched. */
const hatchDistance = 6;

/** What is to be drawn. `from … to` is the part of the root's width that the canvas shows. */
export type Scene = {
  readonly layout: FlameLayout;
  /** The node's labels, longest first: the first that has room is shown, else the last is cut. */
  readonly labels: (node: number) => readonly string[];
  /** Whether callers are below. */
  readonly isFlipped: boolean;
  /** By node row: index in `colors.fills`. */
  readonly kinds: Uint8Array;
  readonly colors: Colors;
  readonly from: number;
  readonly to: number;
  /** CSS pixels that were scrolled. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of the device for one of CSS. */
  readonly ratio: number;
  readonly found: Found | null;
};

type Surface = {
  readonly context: CanvasRenderingContext2D;
  readonly strip: FlameStrip;
};

/** Draws the rows that are seen. Cost: O(pixels of a row · log nodes) for each, whatever the tree. */
export function paint({ context, strip }: Surface, scene: Scene): void {
  const { layout, top, width, height, ratio, colors, found } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const first = Math.max(0, Math.floor(top / rowHeight));
  const last = Math.min(layout.levels.length - 1, Math.floor((top + height) / rowHeight));
  if (last < first) return;
  strip.clear(Math.max(1, Math.round(width * ratio)), last - first + 1);
  const plain = colors.fills.map((fill) => packed(fill, found === null ? 1 : colors.faded));
  const mark = packed(colors.mark, 1);
  const seen: Seen = { labelled: [], uncertain: [] };
  for (let row = first; row <= last; row++) {
    fillRow(strip, scene, { depth: rowOf(scene, row), row: row - first, plain, mark }, seen);
  }
  const place = {
    width,
    top: first * rowHeight - top,
    height: rowHeight - gap,
    distance: rowHeight,
  };
  strip.drawOn(context, place);
  hatch(context, scene, seen.uncertain);
  context.font = font;
  context.textBaseline = 'middle';
  context.direction = 'ltr';
  const advance = context.measureText('0').width;
  for (const node of seen.labelled) paintLabel(context, scene, node, advance);
}

/** What a map shows. */
export type MapScene = Pick<Scene, 'layout' | 'kinds' | 'isFlipped'>;

/** Rows of a map: what is deeper is left out. */
const mapRows = 64;

/** Draws the whole graph into the canvas, without labels. */
export function paintMap({ context, strip }: Surface, picture: MapScene, colors: Colors): void {
  const { width, height } = context.canvas;
  const rows = Math.min(mapRows, picture.layout.levels.length);
  const plain = colors.fills.map((fill) => packed(fill, 1));
  const scene = { ...picture, from: 0, to: picture.layout.width[0]!, width, ratio: 1, found: null };
  strip.clear(width, rows);
  for (let depth = 0; depth < rows; depth++) {
    const row = picture.isFlipped ? rows - 1 - depth : depth;
    fillRow(strip, scene, { depth, row, plain, mark: 0 }, { labelled: [], uncertain: [] });
  }
  context.clearRect(0, 0, width, height);
  strip.drawOn(context, { width, top: 0, height: height / rows, distance: height / rows });
}

/** The row of a depth, and the depth of a row. */
export function rowOf(
  { layout, isFlipped }: Pick<Scene, 'layout' | 'isFlipped'>,
  depth: number,
): number {
  return isFlipped ? layout.levels.length - 1 - depth : depth;
}

type Row = {
  readonly depth: number;
  /** In the strip. */
  readonly row: number;
  /** By kind. */
  readonly plain: readonly number[];
  readonly mark: number;
};

/** Nodes that have room for a name, and those that have room to be hatched and little certainty. */
type Seen = { readonly labelled: number[]; readonly uncertain: number[] };

/** Colours a row of the strip, and notes what is drawn over it. */
function fillRow(
  strip: FlameStrip,
  scene: Pick<Scene, 'layout' | 'from' | 'to' | 'width' | 'ratio' | 'kinds' | 'found'>,
  { depth, row, plain, mark }: Row,
  { labelled, uncertain }: Seen,
): void {
  const { layout, from, to, width, ratio, kinds, found } = scene;
  const level = layout.levels[depth]!;
  const columns = Math.max(1, Math.round(width * ratio));
  const scale = columns / (to - from);
  const gapColumns = Math.max(1, Math.round(gap * ratio));
  let at = firstAt(layout, level, from);
  while (at < level.length) {
    const node = level[at]!;
    const begin = (layout.left[node]! - from) * scale;
    if (begin >= columns) return;
    const end = begin + layout.width[node]! * scale;
    const start = Math.max(0, Math.floor(begin));
    const color = found !== null && found.marked[node] === 1 ? mark : plain[kinds[node]!]!;
    if (end - begin < minGapWidth * ratio) {
      // What shares a pixel is one piece, with the colour of its first.
      strip.fill(row, start, start + 1, color);
      at = nextAt(layout, level, from + (start + 1) / scale, at + 1);
      continue;
    }
    const stop = Math.min(columns, Math.floor(end));
    strip.fill(row, start, Math.max(start + 1, stop - gapColumns), color);
    if (stop - start >= minLabelWidth * ratio) labelled.push(node);
    if (isUncertain(layout, node)) uncertain.push(node);
    at++;
  }
}

/** Lines across bars whose figures say little. */
function hatch(context: CanvasRenderingContext2D, scene: Scene, nodes: readonly number[]): void {
  const { layout, from, to, width, top, colors } = scene;
  if (nodes.length === 0) return;
  const scale = width / (to - from);
  context.strokeStyle = colors.text;
  context.globalAlpha = 0.25;
  context.lineWidth = 1;
  for (const node of nodes) {
    const begin = Math.max(0, (layout.left[node]! - from) * scale);
    const end = Math.min(width, (layout.left[node]! + layout.width[node]! - from) * scale) - gap;
    const y = rowOf(scene, layout.tree.depth[node]!) * rowHeight - top;
    const height = rowHeight - gap;
    context.save();
    context.beginPath();
    context.rect(begin, y, end - begin, height);
    context.clip();
    context.beginPath();
    for (let x = begin - height; x < end; x += hatchDistance) {
      context.moveTo(x, y + height);
      context.lineTo(x + height, y);
    }
    context.stroke();
    context.restore();
  }
  context.globalAlpha = 1;
}

function paintLabel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  node: number,
  advance: number,
): void {
  const { layout, colors, found, from, to, width } = scene;
  const scale = width / (to - from);
  const begin = (layout.left[node]! - from) * scale;
  const x = Math.max(0, begin);
  const room = Math.min(width, begin + layout.width[node]! * scale) - gap - x - 2 * padding;
  const letters = Math.floor(room / advance);
  const labels = scene.labels(node);
  const label = labels.find(({ length }) => length <= letters) ?? labels.at(-1)!;
  const text = label.length > letters ? `${label.slice(0, Math.max(1, letters - 1))}…` : label;
  context.fillStyle = found !== null && found.marked[node] === 1 ? colors.markText : colors.text;
  const y =
    rowOf(scene, layout.tree.depth[node]!) * rowHeight - scene.top + (rowHeight - gap) / 2 + 1;
  // Letters that are wider than the font's others are squeezed into the room, never out of it.
  context.fillText(text, x + padding, y, room);
}
