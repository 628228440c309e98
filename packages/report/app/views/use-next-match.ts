import { useEffect } from 'preact/hooks';

/** Enter in the search field asks for the next match, Shift+Enter for the one before. */
export function useNextMatch(onNext: (back: boolean) => void): void {
  useEffect(() => {
    const step = (event: Event) => onNext((event as CustomEvent<boolean>).detail);
    document.addEventListener('nextmatch', step);
    return () => document.removeEventListener('nextmatch', step);
  });
}
