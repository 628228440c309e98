import type { FlameLayout } from './flame-layout.ts';
import { rowHeight, rowOf } from './flame-paint.ts';

export type MarkElements = {
  readonly selectedMark: HTMLElement;
  readonly hoveredMark: HTMLElement;
  readonly tip: HTMLElement;
};

type View = {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly isFlipped: boolean;
};

/** Pixels between the pointer and the tip. */
const distance = 14;

/** The frames around the selected bar and the one under the pointer, and the tip beside that. */
export class FlameMarks {
  readonly #elements: MarkElements;

  constructor(elements: MarkElements) {
    this.#elements = elements;
  }

  /** `view` is the part of the root's width that is seen, and its width in CSS pixels. */
  place(layout: FlameLayout, selected: number, hovered: number, view: View): void {
    const { selectedMark, hoveredMark, tip } = this.#elements;
    placeMark(selectedMark, layout, selected, view);
    placeMark(hoveredMark, layout, hovered, view);
    tip.hidden = hovered < 0;
  }

  /** Beside the pointer, on the side where the window has more room: nothing need be measured. */
  placeTip(node: number, { clientX, clientY }: { clientX: number; clientY: number }): void {
    if (node < 0) return;
    const isRight = clientX > window.innerWidth / 2;
    const isLow = clientY > window.innerHeight / 2;
    const x = isRight ? `calc(${clientX - distance}px - 100%)` : `${clientX + distance}px`;
    const y = isLow ? `calc(${clientY - distance}px - 100%)` : `${clientY + distance}px`;
    this.#elements.tip.style.transform = `translate(${x}, ${y})`;
  }
}

function placeMark(element: HTMLElement, layout: FlameLayout, node: number, view: View): void {
  const scale = view.width / (view.to - view.from);
  const begin = node < 0 ? view.width : (layout.left[node]! - view.from) * scale;
  const end = node < 0 ? view.width : begin + layout.width[node]! * scale;
  const x = Math.max(0, begin);
  const isSeen = end > 0 && begin < view.width;
  element.hidden = !isSeen;
  if (!isSeen) return;
  const row = rowOf({ layout, isFlipped: view.isFlipped }, layout.tree.depth[node]!);
  const y = row * rowHeight;
  element.style.width = `${Math.max(1, Math.min(view.width, end) - x - 1)}px`;
  element.style.transform = `translate(${x}px, ${y}px)`;
}
