import { colorsOf, type Palette } from './flame-colors.ts';
import type { Range } from './flame-gestures.ts';
import { type MapScene, paintMap } from './flame-paint.ts';
import { FlameStrip } from './flame-strip.ts';

export type MinimapElements = {
  readonly map: HTMLElement;
  readonly mapCanvas: HTMLCanvasElement;
  readonly mapWindow: HTMLElement;
};

/** The whole graph in a strip, with a window over what is seen. */
export class FlameMinimap {
  readonly #elements: MinimapElements;
  readonly #strip = new FlameStrip();
  #drawn: unknown = null;

  /** `onMove` hears where the middle of the window is wanted, 0 … 1. */
  constructor(elements: MinimapElements, onMove: (share: number) => void, signal: AbortSignal) {
    this.#elements = elements;
    const move = (event: PointerEvent): void => {
      if ((event.buttons & 1) === 0) return;
      const { left, width } = elements.map.getBoundingClientRect();
      onMove((event.clientX - left) / width);
    };
    elements.map.addEventListener('pointerdown', move, { signal });
    elements.map.addEventListener('pointermove', move, { signal });
  }

  show(picture: MapScene, { from, to }: Range, palette: Palette): void {
    const { map, mapCanvas, mapWindow } = this.#elements;
    const whole = picture.layout.width[0]!;
    mapWindow.style.left = `${(100 * from) / whole}%`;
    mapWindow.style.width = `${(100 * (to - from)) / whole}%`;
    const key = [picture.layout, picture.kinds, palette, picture.isFlipped, map.clientWidth];
    if (
      Array.isArray(this.#drawn) &&
      key.every((part, i) => part === (this.#drawn as unknown[])[i])
    )
      return;
    this.#drawn = key;
    mapCanvas.width = map.clientWidth;
    mapCanvas.height = map.clientHeight;
    const context = mapCanvas.getContext('2d');
    if (context === null) return;
    const colors = colorsOf(palette, picture.layout.base !== null);
    paintMap({ context, strip: this.#strip }, picture, colors);
  }
}
