import type { LiveAction } from '@tracemalloc/report/live';
import type { Key } from 'ink';

const letters: Readonly<Record<string, LiveAction>> = {
  q: { type: 'quit' },
  t: { type: 'sort', by: 'total' },
  o: { type: 'sort', by: 'own' },
  a: { type: 'sort', by: 'count' },
  m: { type: 'all' },
  j: { type: 'scroll', rows: 1 },
  k: { type: 'scroll', rows: -1 },
  ' ': { type: 'pause' },
  b: { type: 'baseline' },
  '/': { type: 'search' },
};

/** What a key means; several letters come at once when the terminal was not read for a while. */
export function actionsOf(
  input: string,
  key: Partial<Key>,
  isTyping: boolean,
  page: number,
): LiveAction[] {
  if (key.ctrl && input === 'c') return [{ type: 'end' }];
  if (isTyping) {
    if (key.return) return [{ type: 'end-search' }];
    if (key.escape) return [{ type: 'clear' }];
    if (key.backspace || key.delete) return [{ type: 'erase' }];
    return input !== '' && !key.ctrl && !key.meta ? [{ type: 'type', text: input }] : [];
  }
  if (key.leftArrow) return [{ type: 'label', step: -1 }];
  if (key.rightArrow) return [{ type: 'label', step: 1 }];
  if (key.upArrow) return [{ type: 'scroll', rows: -1 }];
  if (key.downArrow) return [{ type: 'scroll', rows: 1 }];
  if (key.pageUp) return [{ type: 'scroll', rows: -page }];
  if (key.pageDown) return [{ type: 'scroll', rows: page }];
  return Array.from(input).flatMap((letter) => letters[letter] ?? []);
}
