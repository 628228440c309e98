import type { Rgb } from './flame-colors.ts';

/**
 * All bars of a flame graph, one pixel high for each row, which is then stretched to a row's height:
 * 10^4 bars cost 10^4 numbers in an array, where as many rectangles take longer than a frame lasts.
 */
export class FlameStrip {
  readonly #canvas: HTMLCanvasElement = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D | null = this.#canvas.getContext('2d');
  #image: ImageData = new ImageData(1, 1);
  #pixels: Uint32Array = new Uint32Array(this.#image.data.buffer);

  /** Empties it. `width` in pixels of the device. */
  clear(width: number, rows: number): void {
    if (this.#image.width === width && this.#image.height === rows) {
      this.#pixels.fill(0);
      return;
    }
    this.#canvas.width = width;
    this.#canvas.height = rows;
    this.#image = new ImageData(width, rows);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** Colours the pixels `from … to` of a row; `color` is of {@link packed}. */
  fill(row: number, from: number, to: number, color: number): void {
    const start = row * this.#image.width;
    if (to === from + 1) this.#pixels[start + from] = color;
    else this.#pixels.fill(color, start + from, start + to);
  }

  /** Draws each row `height` high, `distance` below the one before; the first at `top`. */
  drawOn(
    context: CanvasRenderingContext2D,
    place: { width: number; top: number; height: number; distance: number },
  ): void {
    const { width, height } = this.#image;
    this.#context?.putImageData(this.#image, 0, 0);
    context.imageSmoothingEnabled = false;
    for (let row = 0; row < height; row++) {
      const y = place.top + row * place.distance;
      context.drawImage(this.#canvas, 0, row, width, 1, 0, y, place.width, place.height);
    }
  }
}

/** A colour as {@link FlameStrip} stores it: bytes in the order of `ImageData`, little end first. */
export function packed([red, green, blue]: Rgb, alpha: number): number {
  return ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
