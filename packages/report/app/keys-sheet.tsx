import { useLayoutEffect, useRef } from 'preact/hooks';

const keys: readonly (readonly [string, string])[] = [
  ['1 … 6', 'Flame, Tree, Table, Sandwich, Source, Types'],
  ['m', 'next metric'],
  ['u', 'bytes or blocks'],
  ['d', 'now or difference'],
  ['i', 'invert the call tree'],
  ['/', 'search'],
  ['n  N', 'flame graph: next, previous match'],
  ['f', 'filter by file'],
  ['x', 'clear search and filters'],
  ['← ↑ → ↓', 'walk'],
  ['Home  End', 'first, last'],
  ['Enter', 'flame graph: zoom in; elsewhere: open, or callers and callees'],
  ['Esc', 'flame graph: zoom out one step; leave a field'],
  ['0', 'flame graph: show all'],
  ['e  *', 'tree: open until there is a choice; open all below'],
  ['n  p', 'source: next, previous hot line'],
  ['t', 'light or dark'],
  ['?', 'these keys'],
];

/** The keys, in a dialog that Esc closes. */
export function KeysSheet({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the first paint: Escape pressed until then would be lost, and the sheet stay open.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="keys" aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
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
      <button type="button" class="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
