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
  '\x03': { type: 'end' },
};

/** What keys mean; several letters come at once when the terminal was not read for a while. */
export function actionsOf(
  input: string,
  key: Partial<Key>,
  isTyping: boolean,
  page: number,
): LiveAction[] {
  if (key.ctrl && input === 'c') return [{ type: 'end' }];
  const named = isTyping ? typingKey(key) : movingKey(key, page);
  if (named !== null) return [named];
  if (key.ctrl || key.meta) return [];
  let isText = isTyping;
  return Array.from(input).flatMap((letter) => {
    const action = isText ? typed(letter) : letters[letter];
    if (action?.type === 'search') isText = true;
    if (action?.type === 'end-search' || action?.type === 'clear') isText = false;
    return action ?? [];
  });
}

function typed(letter: string): LiveAction {
  if (letter === '\r' || letter === '\n') return { type: 'end-search' };
  if (letter === '\x1b') return { type: 'clear' };
  if (letter === '\x03') return { type: 'end' };
  if (letter === '\x7f' || letter === '\b') return { type: 'erase' };
  return { type: 'type', text: letter };
}

function typingKey(key: Partial<Key>): LiveAction | null {
  if (key.return) return { type: 'end-search' };
  if (key.escape) return { type: 'clear' };
  return key.backspace || key.delete ? { type: 'erase' } : null;
}

function movingKey(key: Partial<Key>, page: number): LiveAction | null {
  if (key.leftArrow) return { type: 'label', step: -1 };
  if (key.rightArrow) return { type: 'label', step: 1 };
  if (key.upArrow) return { type: 'scroll', rows: -1 };
  if (key.downArrow) return { type: 'scroll', rows: 1 };
  if (key.pageUp) return { type: 'scroll', rows: -page };
  return key.pageDown ? { type: 'scroll', rows: page } : null;
}
