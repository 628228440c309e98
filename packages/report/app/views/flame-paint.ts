import { type FlameLayout, type Found, firstAt } from './flame-layout.ts';

/** Height of a row in CSS pixels, with the gap below it. */
export const rowHeight = 21;
const gap = 1;
const font = '12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
/** Below this many pixels a node has no label. */
const minLabelWidth = 36;
const padding = 5;

export type Colors = {
  /** By {@link FlameColors.kinds}. */
  readonly fills: readonly string[];
  readonly text: string;
  readonly mark: string;
  readonly markText: string;
  readonly select: string;
  readonly faded: number;
};

/** What is to be drawn. `from … to` is the part of the root's width that the canvas shows. */
export type Scene = {
  readonly layout: FlameLayout;
  /** The node's label, and a shorter one for where that has no room. */
  readonly label: (node: number) => string;
  readonly shortLabel: (node: number) => string;
  /** By node row: index in `colors.fills`. */
  readonly kinds: Uint8Array;
  readonly colors: Colors;
  readonly from: number;
  readonly to: number;
  /** CSS pixels that were scrolled. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly found: Found | null;
  readonly selected: number;
  readonly hovered: number;
};

/** Draws the rows that are seen. Cost: O(pixels of a row · log nodes) for each, whatever the tree. */
export function paint(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, top, width, height } = scene;
  context.clearRect(0, 0, width, height);
  context.font = font;
  context.textBaseline = 'middle';
  context.direction = 'ltr';
  const advance = context.measureText('0').width;
  const first = Math.max(0, Math.floor(top / rowHeight));
  const last = Math.min(layout.levels.length - 1, Math.floor((top + height) / rowHeight));
  for (let depth = first; depth <= last; depth++) paintRow(context, scene, depth, advance);
}

function paintRow(
  context: CanvasRenderingContext2D,
  scene: Scene,
  depth: number,
  advance: number,
): void {
  const { layout, from, to, width, kinds } = scene;
  const level = layout.levels[depth]!;
  const scale = width / (to - from);
  const y = depth * rowHeight - scene.top;
  let at = firstAt(layout, level, from);
  while (at < level.length) {
    const node = level[at]!;
    const begin = (layout.left[node]! - from) * scale;
    if (begin >= width) return;
    const end = begin + layout.width[node]! * scale;
    const x = Math.max(0, begin);
    if (end - begin >= 2) {
      const right = Math.min(width, end);
      paintNode(context, scene, node, x, y, right - x, advance);
      at++;
      continue;
    }
    // What is narrower than a pixel or two is drawn as one piece, with the colour of its first.
    const pieceEnd = Math.floor(x) + 1;
    const next = firstAt(layout, level, from + pieceEnd / scale, at + 1);
    fillStyle(context, scene, node, kinds[node]!);
    context.fillRect(Math.floor(x), y, 1, rowHeight - gap);
    context.globalAlpha = 1;
    at = next;
  }
}

function fillStyle(
  context: CanvasRenderingContext2D,
  { colors, found }: Scene,
  node: number,
  kind: number,
): void {
  const marked = found !== null && found.marked[node] === 1;
  context.fillStyle = marked ? colors.mark : colors.fills[kind]!;
  context.globalAlpha = found !== null && !marked ? colors.faded : 1;
}

function paintNode(
  context: CanvasRenderingContext2D,
  scene: Scene,
  node: number,
  x: number,
  y: number,
  width: number,
  advance: number,
): void {
  const { colors, found } = scene;
  const inner = Math.max(1, width - gap);
  fillStyle(context, scene, node, scene.kinds[node]!);
  context.fillRect(x, y, inner, rowHeight - gap);
  context.globalAlpha = 1;
  if (node === scene.selected || node === scene.hovered) {
    context.strokeStyle = colors.select;
    context.lineWidth = node === scene.selected ? 2 : 1;
    context.strokeRect(x + 1, y + 1, Math.max(1, inner - 2), rowHeight - gap - 2);
  }
  if (inner < minLabelWidth) return;
  const room = inner - 2 * padding;
  const letters = Math.floor(room / advance);
  let label = scene.label(node);
  if (label.length > letters) label = scene.shortLabel(node);
  const text = label.length > letters ? `${label.slice(0, Math.max(1, letters - 1))}…` : label;
  context.fillStyle = found !== null && found.marked[node] === 1 ? colors.markText : colors.text;
  // Letters that are wider than the font's others are squeezed into the room, never out of it.
  context.fillText(text, x + padding, y + rowHeight / 2, room);
}
