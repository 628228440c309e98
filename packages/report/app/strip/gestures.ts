/** What a hand does to a strip: places are shares of its width, 0 … 1. */
export type StripGestures = {
  /** While it drags, and when it let go. */
  readonly onRange: (from: number, to: number) => void;
  /** It came down and went up in one place. */
  readonly onTap: () => void;
};

/** Pixels that a pointer moves before it drags, and does not tap. */
const dragDistance = 4;

/** Mouse, pen and finger; a finger that goes up or down scrolls the page. */
export function listenToStrip(element: HTMLElement, { onRange, onTap }: StripGestures): () => void {
  let down: { readonly id: number; readonly x: number; dragged: boolean } | null = null;
  const shareOf = (x: number): number => {
    const { left, width } = element.getBoundingClientRect();
    return Math.max(0, Math.min(1, (x - left) / width));
  };
  const ended = new AbortController();
  const on = <Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
  ) => element.addEventListener(type, listener, { signal: ended.signal });
  on('pointerdown', (event) => {
    if (event.button !== 0 || down !== null) return;
    down = { id: event.pointerId, x: event.clientX, dragged: false };
    element.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    if (down?.id !== event.pointerId) return;
    down.dragged ||= Math.abs(event.clientX - down.x) >= dragDistance;
    if (!down.dragged) return;
    const [a, b] = [shareOf(down.x), shareOf(event.clientX)];
    onRange(Math.min(a, b), Math.max(a, b));
  });
  on('pointerup', (event) => {
    if (down?.id !== event.pointerId) return;
    if (!down.dragged) onTap();
    down = null;
  });
  on('pointercancel', (event) => {
    if (down?.id === event.pointerId) down = null;
  });
  return () => ended.abort();
}
