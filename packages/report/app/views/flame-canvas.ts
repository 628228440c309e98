import { colorsOf, type Palette } from './flame-colors.ts';
import { listenToGestures, moved, type Range } from './flame-gestures.ts';
import { type FlameLayout, type Found, firstAt } from './flame-layout.ts';
import { FlameMarks } from './flame-marks.ts';
import { FlameMinimap, type MinimapElements } from './flame-minimap.ts';
import { paint, rowHeight, rowOf } from './flame-paint.ts';
import { FlameStrip } from './flame-strip.ts';

/** What the component decides; the rest (scrolling, zooming, pointers) is the canvas's own. */
export type FlamePicture = {
  readonly layout: FlameLayout;
  readonly labels: (node: number) => readonly string[];
  readonly isFlipped: boolean;
  readonly kinds: Uint8Array;
  readonly zoom: number;
  readonly found: Found | null;
  readonly selected: number;
};

/** What the canvas works on. */
export type FlameElements = {
  /** Scrolls. */
  readonly box: HTMLElement;
  /** In the box, as high as all rows. */
  readonly rows: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly selectedMark: HTMLElement;
  readonly hoveredMark: HTMLElement;
  readonly tip: HTMLElement;
} & MinimapElements;

const zoomMilliseconds = 160;
/** A printed flame graph's width in CSS pixels, which the style sheet fits to the paper. */
const printWidth = 1000;
const printRowsMax = 200;

/**
 * The canvas in its scrolling box. It draws what is seen, once a frame at most, and only when bars
 * change: what a pointer rests on is marked by elements above it.
 */
export class FlameCanvas {
  readonly #elements: FlameElements;
  readonly #marks: FlameMarks;
  readonly #strip: FlameStrip = new FlameStrip();
  readonly #minimap: FlameMinimap;
  readonly #observer: ResizeObserver;
  readonly #abort: AbortController = new AbortController();
  readonly #onHover: (node: number) => void;
  #picture: FlamePicture | null = null;
  #frame = 0;
  #isStale = false;
  #from = 0;
  #to = 1;
  #zoomStart: { time: number; from: number; to: number } | null = null;
  #pointer: { readonly clientX: number; readonly clientY: number } | null = null;
  #hovered = -1;

  /** `onHover` hears which node the pointer is on when that changes; −1 = none. */
  constructor(elements: FlameElements, onHover: (node: number) => void) {
    this.#elements = elements;
    this.#onHover = onHover;
    this.#marks = new FlameMarks(elements);
    const { signal } = this.#abort;
    const center = (share: number): void => {
      const { from, to } = this.#range;
      this.#setRange(
        moved({ from: 0, to: to - from }, share * this.#whole - (to - from) / 2, this.#whole),
      );
    };
    this.#minimap = new FlameMinimap(elements, center, signal);
    const gestures = {
      range: () => this.#range,
      whole: () => this.#whole,
      setRange: (range: Range) => this.#setRange(range),
    };
    listenToGestures(elements.box, gestures, signal);
    const { box } = elements;
    const redraw = () => this.draw();
    this.#observer = new ResizeObserver(redraw);
    this.#observer.observe(box);
    const options = { signal };
    const movePointer = (pointer: PointerEvent | null) => {
      this.#pointer = pointer;
      this.#schedule();
    };
    box.addEventListener('pointermove', movePointer, options);
    box.addEventListener('pointerleave', () => movePointer(null), options);
    box.addEventListener('scroll', redraw, options);
    document.addEventListener('themechange', redraw, options);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw, options);
    window.addEventListener('beforeprint', () => this.#print(), options);
    window.addEventListener('afterprint', redraw, options);
  }

  dispose(): void {
    this.#abort.abort();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  get #range(): Range {
    return { from: this.#from, to: this.#to };
  }

  get #whole(): number {
    return this.#picture?.layout.width[0] ?? 1;
  }

  #setRange({ from, to }: Range): void {
    this.#zoomStart = null;
    this.#from = from;
    this.#to = to;
    this.draw();
  }

  show(picture: FlamePicture): void {
    const before = this.#picture;
    this.#picture = picture;
    const [from, to] = rangeOf(picture);
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (before === null || before.layout !== picture.layout || calm) {
      this.#zoomStart = null;
      this.#from = from;
      this.#to = to;
    } else if (before.zoom !== picture.zoom) {
      this.#zoomStart = { time: performance.now(), from: this.#from, to: this.#to };
    }
    if (before?.layout !== picture.layout) {
      setHeight(this.#elements.rows, picture.layout.levels.length * rowHeight);
    }
    if (before?.layout !== picture.layout || before.isFlipped !== picture.isFlipped) {
      this.#elements.box.scrollTop = picture.isFlipped ? this.#elements.box.scrollHeight : 0;
    }
    this.draw();
  }

  /** The node at a place of the window; −1 = none. */
  nodeAt({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): number {
    const picture = this.#picture;
    if (picture === null) return -1;
    const { left, top, width } = this.#elements.rows.getBoundingClientRect();
    const level = picture.layout.levels[rowOf(picture, Math.floor((clientY - top) / rowHeight))];
    if (level === undefined) return -1;
    const x = this.#from + ((clientX - left) / width) * (this.#to - this.#from);
    const node = level[firstAt(picture.layout, level, x)];
    return node !== undefined && picture.layout.left[node]! <= x ? node : -1;
  }

  /** Scrolls so that the node's row is seen. */
  reveal(node: number): void {
    const { box } = this.#elements;
    const { scrollTop, clientHeight } = box;
    if (this.#picture === null) return;
    const y = rowOf(this.#picture, this.#picture.layout.tree.depth[node]!) * rowHeight;
    if (y < scrollTop) box.scrollTop = y;
    else if (y + rowHeight > scrollTop + clientHeight) {
      box.scrollTop = y + rowHeight - clientHeight;
    }
  }

  /** Shows what is chosen again, after it was moved by hand. */
  showZoom(): void {
    if (this.#picture === null) return;
    const [from, to] = rangeOf(this.#picture);
    this.#setRange({ from, to });
  }

  /** Draws the bars anew in the next frame. */
  draw(): void {
    this.#isStale = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((time) => this.#drawFrame(time));
  }

  #drawFrame(time: number): void {
    this.#frame = 0;
    const picture = this.#picture;
    if (picture === null) return;
    const { box, rows } = this.#elements;
    const width = rows.clientWidth;
    if (this.#isStale && width > 0) {
      this.#isStale = false;
      this.#moveOn(picture, time);
      const { scrollTop: top, clientHeight: height } = box;
      this.#paint(picture, { top, width, height, palette: paletteOfPage() });
      this.#minimap.show(picture, this.#range, paletteOfPage());
    }
    const hovered = this.#pointer === null ? -1 : this.nodeAt(this.#pointer);
    if (hovered !== this.#hovered) this.#onHover(hovered);
    this.#hovered = hovered;
    const view = { from: this.#from, to: this.#to, width, isFlipped: picture.isFlipped };
    this.#marks.place(picture.layout, picture.selected, hovered, view);
    if (this.#pointer !== null) this.#marks.placeTip(hovered, this.#pointer);
  }

  #paint(picture: FlamePicture, place: Place): void {
    const { canvas } = this.#elements;
    const ratio = window.devicePixelRatio || 1;
    const { palette, top, width, height } = place;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    setHeight(canvas, height);
    const context = canvas.getContext('2d');
    if (context === null) return;
    paint(
      { context, strip: this.#strip },
      {
        ...picture,
        colors: colorsOf(palette, picture.layout.base !== null),
        from: this.#from,
        to: this.#to,
        top,
        width,
        height,
        ratio,
      },
    );
  }

  /** All rows at once, in colours for paper: what has been scrolled to there is no matter. */
  #print(): void {
    const picture = this.#picture;
    if (picture === null) return;
    const rows = Math.min(printRowsMax, picture.layout.levels.length);
    const height = rows * rowHeight;
    this.#paint(picture, { top: 0, width: printWidth, height, palette: 'light' });
  }

  #moveOn(picture: FlamePicture, time: number): void {
    const start = this.#zoomStart;
    if (start === null) return;
    const [from, to] = rangeOf(picture);
    const share = Math.max(0, Math.min(1, (time - start.time) / zoomMilliseconds));
    const eased = 1 - (1 - share) ** 3;
    this.#from = start.from + (from - start.from) * eased;
    this.#to = start.to + (to - start.to) * eased;
    if (share < 1) this.draw();
    else {
      this.#zoomStart = null;
      this.#from = from;
      this.#to = to;
    }
  }
}

type Place = {
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
};

function rangeOf({ layout, zoom }: FlamePicture): [number, number] {
  const from = layout.left[zoom]!;
  return [from, from + Math.max(layout.width[zoom]!, Number.MIN_VALUE)];
}

/** By a property that the style sheet uses on a screen, and not on paper. */
function setHeight(element: HTMLElement, height: number): void {
  element.style.setProperty('--height', `${height}px`);
}

/** The theme that the page is in: chosen by its button, else the system's. */
export function paletteOfPage(): Palette {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
