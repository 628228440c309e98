import type { Key } from 'ink';
import type { TreeAction } from './tree-state.ts';

/** What a key means, or a text that came at once: pasted, or typed while nobody read. */
export function actionsOf(
  input: string,
  key: Partial<Key>,
  isSearching: boolean,
  page: number,
): TreeAction[] {
  const typed = Array.from(input);
  if (typed.length > 1) return actionsOfText(typed, isSearching, page);
  if (isSearching) return searchActions(input, key);
  if (key.upArrow) return [{ type: 'move', rows: -1 }];
  if (key.downArrow) return [{ type: 'move', rows: 1 }];
  if (key.pageUp) return [{ type: 'move', rows: -page }];
  if (key.pageDown) return [{ type: 'move', rows: page }];
  if (key.home) return [{ type: 'move', rows: Number.NEGATIVE_INFINITY }];
  if (key.end) return [{ type: 'move', rows: Number.POSITIVE_INFINITY }];
  if (key.rightArrow) return [{ type: 'open' }];
  if (key.leftArrow) return [{ type: 'close' }];
  if (key.return) return [{ type: 'toggle' }];
  if (key.escape) return [{ type: 'cancel' }];
  const action = letters[input];
  return action === undefined ? [] : [action];
}

/** As if each letter had come alone: a search that begins in it has what follows, until enter. */
function actionsOfText(input: readonly string[], isSearching: boolean, page: number): TreeAction[] {
  let searches = isSearching;
  return input.flatMap((letter) => {
    const isEnter = letter === '\r' || letter === '\n';
    const key = { return: isEnter, backspace: letter === '\b' || letter === '\x7f' };
    const actions = actionsOf(letter, key, searches, page);
    for (const { type } of actions) searches = type === 'search' || (searches && !isEnter);
    return actions;
  });
}

const letters: Readonly<Record<string, TreeAction>> = {
  e: { type: 'expand' },
  l: { type: 'next-code' },
  m: { type: 'next-metric' },
  j: { type: 'move', rows: 1 },
  k: { type: 'move', rows: -1 },
  g: { type: 'move', rows: Number.NEGATIVE_INFINITY },
  G: { type: 'move', rows: Number.POSITIVE_INFINITY },
  n: { type: 'next-match' },
  '/': { type: 'search' },
  '?': { type: 'help' },
  q: { type: 'quit' },
};

function searchActions(input: string, key: Partial<Key>): TreeAction[] {
  if (key.return) return [{ type: 'end-search' }];
  if (key.escape) return [{ type: 'cancel' }];
  if (key.backspace || key.delete) return [{ type: 'erase' }];
  const isText = input !== '' && !key.ctrl && !key.meta;
  return isText ? [{ type: 'type', text: input }] : [];
}

/** What all keys do, as the view lists them. */
export const keyList: readonly (readonly [keys: string, meaning: string])[] = [
  ['↑ ↓  j k', 'move a line'],
  ['page up, page down', 'move a page'],
  ['home end  g G', 'first line, last line'],
  ['→', 'open; on an open line: its first child'],
  ['←', 'close; on a closed line: its caller'],
  ['enter', 'open or close'],
  ['e', 'open until a line has more than one child'],
  ['l', 'my code; without imports; all code'],
  ['m', 'next metric'],
  ['/  n', 'search names and files, closed lines too; next match'],
  ['?', 'these keys; any key goes back'],
  ['q', 'quit'],
];
