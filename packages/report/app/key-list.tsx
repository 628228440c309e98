const keys: readonly (readonly [string, string])[] = [
  ['1 … 7', 'Flame, Tree, Table, Sandwich, Source, Types, Objects'],
  ['m', 'next metric'],
  ['u', 'bytes or blocks'],
  ['d', 'now or difference'],
  ['l', 'my code, or with what libraries do'],
  ['r', 'fold recursion'],
  ['i', 'invert the call tree'],
  ['/', 'search'],
  ['n  N', 'flame graph, tree: next, previous match; Enter in the search field, too'],
  ['f', 'filter by file'],
  ['x', 'clear search and filters'],
  ['w', 'the whole run, not a part of its time'],
  ['← ↑ → ↓', 'walk'],
  ['Home  End', 'first, last'],
  ['Enter', 'flame graph: zoom in; elsewhere: open, or callers and callees'],
  ['Esc', 'flame graph: zoom out one step; leave a field'],
  ['0', 'flame graph: show all'],
  ['e  *', 'tree: open until there is a choice; open all below'],
  ['n  p', 'source: next, previous hot line'],
  ['Backspace', 'objects: out of a tile of the map; Enter goes into it'],
  ['t', 'light or dark'],
  ['?', 'how to read a view, and these keys'],
];

/** All keys of the page. */
export function KeyList() {
  return (
    <dl>
      {keys.map(([key, meaning]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
