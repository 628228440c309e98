import { colorsOf, type Palette } from './flame-colors.ts';
import { type FlameLayout, type Found, firstAt } from './flame-layout.ts';
import { paint, rowHeight } from './flame-paint.ts';

/** What the component decides; the rest (scrolling, zooming, pointers) is the canvas's own. */
export type FlamePicture = {
  readonly layout: FlameLayout;
  readonly label: (node: number) => string;
  readonly shortLabel: (node: number) => string;
  readonly kinds: Uint8Array;
  readonly zoom: number;
  readonly found: Found | null;
  readonly selected: number;
  readonly hovered: number;
};

const zoomMilliseconds = 160;

/** The canvas in its scrolling box: it draws what is seen, once a frame at most. */
export class FlameCanvas {
  readonly #box: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #spacer: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #abort: AbortController = new AbortController();
  #picture: FlamePicture | null = null;
  #frame = 0;
  #from = 0;
  #to = 1;
  #zoomStart: { time: number; from: number; to: number } | null = null;
  #isPrinting = false;

  constructor(box: HTMLElement, canvas: HTMLCanvasElement, spacer: HTMLElement) {
    this.#box = box;
    this.#canvas = canvas;
    this.#spacer = spacer;
    this.#observer = new ResizeObserver(() => this.draw());
    this.#observer.observe(box);
    const options = { signal: this.#abort.signal };
    box.addEventListener('scroll', () => this.draw(), options);
    document.addEventListener('themechange', () => this.draw(), options);
    matchMedia('(prefers-color-scheme: dark)').addEventListener(
      'change',
      () => this.draw(),
      options,
    );
    window.addEventListener('beforeprint', () => this.#print(true), options);
    window.addEventListener('afterprint', () => this.#print(false), options);
  }

  dispose(): void {
    this.#abort.abort();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
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
      this.#spacer.style.height = `${picture.layout.levels.length * rowHeight}px`;
    }
    this.draw();
  }

  /** The node under a pointer; −1 = none. */
  nodeAt(event: MouseEvent): number {
    const picture = this.#picture;
    if (picture === null) return -1;
    const { left, top, width } = this.#canvas.getBoundingClientRect();
    const level =
      picture.layout.levels[Math.floor((event.clientY - top + this.#box.scrollTop) / rowHeight)];
    if (level === undefined) return -1;
    const x = this.#from + ((event.clientX - left) / width) * (this.#to - this.#from);
    const node = level[firstAt(picture.layout, level, x)];
    return node !== undefined && picture.layout.left[node]! <= x ? node : -1;
  }

  /** Scrolls so that the node's row is seen. */
  reveal(node: number): void {
    const { scrollTop, clientHeight } = this.#box;
    const y = (this.#picture?.layout.tree.depth[node] ?? 0) * rowHeight;
    if (y < scrollTop) this.#box.scrollTop = y;
    else if (y + rowHeight > scrollTop + clientHeight) {
      this.#box.scrollTop = y + rowHeight - clientHeight;
    }
  }

  draw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((time) => this.#drawNow(time));
  }

  #print(isPrinting: boolean): void {
    this.#isPrinting = isPrinting;
    this.#drawNow(performance.now());
  }

  #drawNow(time: number): void {
    this.#frame = 0;
    const picture = this.#picture;
    if (picture === null) return;
    this.#moveOn(picture, time);
    const { clientWidth: width, clientHeight: height } = this.#box;
    const ratio = window.devicePixelRatio || 1;
    const canvas = this.#canvas;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d', { alpha: true });
    if (context === null || width === 0) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const palette: Palette = this.#isPrinting ? 'light' : paletteOfPage();
    paint(context, {
      ...picture,
      colors: colorsOf(palette, picture.layout.base !== null),
      from: this.#from,
      to: this.#to,
      top: this.#box.scrollTop,
      width,
      height,
    });
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

function rangeOf({ layout, zoom }: FlamePicture): [number, number] {
  const from = layout.left[zoom]!;
  return [from, from + Math.max(layout.width[zoom]!, Number.MIN_VALUE)];
}

/** The theme that the page is in: chosen by its button, else the system's. */
function paletteOfPage(): Palette {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
