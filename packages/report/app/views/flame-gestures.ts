/** The part of the graph that is seen, in the unit of its widths. */
export type Range = { readonly from: number; readonly to: number };

export type GestureTarget = {
  /** What is seen now, and all there is. */
  readonly range: () => Range;
  readonly whole: () => number;
  readonly setRange: (range: Range) => void;
};

/** Pixels that a pointer moves before it drags, and does not click. */
const dragDistance = 4;
/** How much of the whole is the least that is seen: beyond, numbers of 53 bits have no digits left. */
const leastShare = 1e-9;

/**
 * The wheel with Ctrl zooms at the pointer (as pinching a touchpad does), the wheel sideways or with
 * Shift moves, and so does dragging. The wheel alone scrolls, as anywhere.
 */
export function listenToGestures(
  box: HTMLElement,
  target: GestureTarget,
  signal: AbortSignal,
): void {
  const options = { signal };
  box.addEventListener(
    'wheel',
    (event) => {
      const isZoom = event.ctrlKey || event.metaKey;
      const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX;
      if (!isZoom && Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
      event.preventDefault();
      const { left, width } = box.getBoundingClientRect();
      const range = target.range();
      const seen = range.to - range.from;
      if (isZoom) {
        const share = (event.clientX - left) / width;
        const factor = 1.002 ** Math.max(-400, Math.min(400, event.deltaY));
        target.setRange(zoomed(range, share, factor, target.whole()));
      } else target.setRange(moved(range, (sideways / width) * seen, target.whole()));
    },
    { ...options, passive: false },
  );
  box.addEventListener(
    'pointerdown',
    (down) => {
      if (down.button !== 0 || down.pointerType === 'touch') return;
      const start = target.range();
      const { width } = box.getBoundingClientRect();
      let isDragged = false;
      const move = (event: PointerEvent): void => {
        const distance = down.clientX - event.clientX;
        if (!isDragged && Math.abs(distance) < dragDistance) return;
        isDragged = true;
        const seen = start.to - start.from;
        target.setRange(moved(start, (distance / width) * seen, target.whole()));
      };
      const ended = new AbortController();
      const while_ = { signal: AbortSignal.any([signal, ended.signal]) };
      window.addEventListener('pointermove', move, while_);
      window.addEventListener(
        'pointerup',
        () => {
          ended.abort();
          if (!isDragged) return;
          // The click that follows belongs to the drag.
          box.addEventListener('click', (event) => event.stopImmediatePropagation(), {
            once: true,
            capture: true,
          });
        },
        while_,
      );
    },
    options,
  );
}

/** @param share Where in what is seen it stays as it is, 0 … 1. */
function zoomed({ from, to }: Range, share: number, factor: number, whole: number): Range {
  const seen = Math.max(whole * leastShare, Math.min(whole, (to - from) * factor));
  const place = from + share * (to - from);
  return within({ from: place - share * seen, to: place - share * seen + seen }, whole);
}

export function moved({ from, to }: Range, by: number, whole: number): Range {
  return within({ from: from + by, to: to + by }, whole);
}

function within({ from, to }: Range, whole: number): Range {
  const seen = Math.min(whole, to - from);
  const start = Math.max(0, Math.min(whole - seen, from));
  return { from: start, to: start + seen };
}
