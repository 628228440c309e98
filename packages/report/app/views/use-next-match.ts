import { useLayoutEffect } from 'preact/hooks';

/** Enter in the search field asks for the next match, Shift+Enter for the one before. */
export function useNextMatch(onNext: (back: boolean) => void): void {
  // At once: an effect comes a frame later, and Enter right after a letter would ask what was found before it.
  useLayoutEffect(() => {
    const step = (event: Event) => onNext((event as CustomEvent<boolean>).detail);
    document.addEventListener('nextmatch', step);
    return () => document.removeEventListener('nextmatch', step);
  });
}
