import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';

const settleMilliseconds = 300;

/**
 * The view's own part of the selection. It moves at once here, and reaches the address when it
 * rests: an arrow key held down is not a step of the history each time.
 */
export function useFocus({
  selection,
  update,
}: ViewProps): readonly [string, (focus: string) => void] {
  const [focus, setFocus] = useState(selection.focus);
  const timer = useRef<number | undefined>(undefined);
  // Not after the paint: a key pressed until then would be undone by the focus that came before it.
  useLayoutEffect(() => {
    clearTimeout(timer.current);
    setFocus(selection.focus);
  }, [selection.focus]);
  // At once, too: effects end after the next paint, and the focus of a view that was left would reach the next one.
  useLayoutEffect(() => () => clearTimeout(timer.current), []);
  return [
    focus,
    (next) => {
      setFocus(next);
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => update({ focus: next }), settleMilliseconds);
    },
  ];
}
