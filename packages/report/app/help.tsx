import './styles/help.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { KeyList } from './key-list.tsx';
import type { ViewName } from './model.ts';

/** How a view is read, in plain words. */
type Help = {
  readonly title: string;
  readonly words: readonly string[];
  /** A picture: boxes of a grid 24 wide and 10 high, with words. */
  readonly boxes: readonly Box[];
};

type Box = readonly [x: number, y: number, width: number, words: string, kind?: 'strong' | 'faint'];

const helps: Readonly<Record<ViewName, Help>> = {
  flame: {
    title: 'How to read the flame graph',
    words: [
      'A bar is a line of code that was running. The bars below it are what it called; how wide a bar is says how much memory was allocated in it and in all below it.',
      'Look for wide bars with nothing below them: those lines allocated the memory themselves. Left and right mean nothing: the widest comes first.',
      'A click zooms in, Esc zooms out. “Invert” turns it around: the lines that allocated first, their callers below.',
    ],
    boxes: [
      [0, 0, 24, 'main() calls both', 'faint'],
      [0, 1, 16, 'load()  two thirds of the memory'],
      [16, 1, 8, 'save()'],
      [0, 2, 11, 'rows.append(…)  look here', 'strong'],
    ],
  },
  tree: {
    title: 'How to read the tree',
    words: [
      'A row is a line of code, and the rows inside it are what it called. Total is what was allocated in it and in what it called, Own what was allocated in the line itself.',
      'The heaviest path is open at first: follow it until Own is large.',
    ],
    boxes: [
      [0, 0, 14, '▾ main()', 'faint'],
      [18, 0, 6, '300 KiB', 'faint'],
      [2, 1, 14, '▾ load()'],
      [18, 1, 6, '200 KiB'],
      [4, 2, 14, 'rows.append(…)', 'strong'],
      [18, 2, 6, '200 KiB', 'strong'],
    ],
  },
  table: {
    title: 'How to read the table',
    words: [
      'A row is a line (or a function, a file, a type, a whole traceback). Own is what was allocated there itself: it is what you can change there. Total has what it called, too, so that totals of rows overlap and do not add up.',
      'Own blocks and their average size tell many small things from a few large ones. A click on a header sorts; Enter on a row shows who calls it.',
    ],
    boxes: [
      [0, 0, 10, 'Line', 'faint'],
      [12, 0, 6, 'Own', 'faint'],
      [18, 0, 6, 'Total', 'faint'],
      [0, 1, 10, 'app.py:12', 'strong'],
      [12, 1, 6, '200 KiB', 'strong'],
      [18, 1, 6, '200 KiB'],
      [0, 2, 10, 'app.py:40'],
      [12, 2, 6, '0 B'],
      [18, 2, 6, '300 KiB'],
    ],
  },
  sandwich: {
    title: 'How to read the sandwich',
    words: [
      'In the middle is one line or function. Above it is who calls it, each with the memory that was allocated on its behalf; below it is what it calls.',
      'Callers add up to the total, and callees with what was allocated here itself do, too. Enter on a row makes it the middle.',
    ],
    boxes: [
      [0, 0, 12, 'handle() called it', 'faint'],
      [12, 0, 12, 'main() called it', 'faint'],
      [4, 1, 16, 'load()', 'strong'],
      [0, 2, 12, 'it called parse()'],
      [12, 2, 12, 'it called json.loads()'],
    ],
  },
  source: {
    title: 'How to read the source',
    words: [
      'The figures stand beside the line that they belong to. The darker the mark, the more memory. n and p walk from hot line to hot line.',
      'Where a file is not in the report, only lines with figures are listed.',
    ],
    boxes: [
      [0, 0, 5, ''],
      [6, 0, 18, 'rows = []', 'faint'],
      [0, 1, 5, '200 KiB', 'strong'],
      [6, 1, 18, 'for row in file: rows.append(row)', 'strong'],
      [0, 2, 5, ''],
      [6, 2, 18, 'return rows', 'faint'],
    ],
  },
  types: {
    title: 'How to read the types',
    words: [
      'What the memory is made of. Open a type to see the lines that allocated it, and open a line’s callers with Enter.',
      'CPython’s own snapshots do not know types; then all is one row.',
    ],
    boxes: [
      [0, 0, 10, '▾ dict', 'strong'],
      [12, 0, 12, '200 KiB in 400 blocks', 'strong'],
      [2, 1, 10, 'app.py:12'],
      [12, 1, 12, '180 KiB'],
      [0, 2, 10, '▸ list'],
      [12, 2, 12, '90 KiB'],
    ],
  },
  objects: {
    title: 'How to read the objects',
    words: [
      'What was alive, and why. An object lives because another holds it, up to a module or a running function. Retained is what would be free without an object: its own bytes, and those of all that only it holds.',
      'Pick an object: the picture shows who holds it at its left and what it holds at its right, and below it is the way from a root, each object with the line it was born at. To free it, cut one of these steps.',
      'In the map a tile lies in the tile of what alone holds it; a double click or Enter goes into it, Esc out.',
    ],
    boxes: [
      [0, 1, 7, 'module app', 'faint'],
      [8, 1, 7, 'dict  cache', 'strong'],
      [16, 0, 8, "Order  ['a']"],
      [16, 1, 8, "Order  ['b']"],
      [16, 2, 8, "list  ['log']"],
    ],
  },
};

const common: readonly string[] = [
  'Live is what was still there when the snapshot was taken, At peak what was there when there was most, Temporary what was freed at once, Allocated all that was ever allocated.',
  '“Mine” shows your lines only: what a library allocates belongs to the line of yours that called it.',
];

type HelpSheetProps = { readonly view: ViewName; readonly onClose: () => void };

/** How the view is read, and all keys, in a dialog that Esc closes. */
export function HelpSheet({ view, onClose }: HelpSheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { title, words, boxes } = helps[view];
  // Before the first paint: Escape pressed until then would be lost, and the sheet stay open.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="keys" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">{title}</h2>
      <Picture boxes={boxes} />
      {[...words, ...common].map((text) => (
        <p key={text}>{text}</p>
      ))}
      <h2>Keys</h2>
      <KeyList />
      <button type="button" class="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}

const unit = 24;
const rowHeight = 26;

function Picture({ boxes }: Pick<Help, 'boxes'>) {
  const rows = Math.max(...boxes.map(([, y]) => y)) + 1;
  return (
    <svg class="help-picture" viewBox={`0 0 ${24 * unit} ${rows * rowHeight}`} aria-hidden="true">
      {boxes.map(([x, y, width, words, kind = '']) => (
        <g key={`${x} ${y}`} class={kind}>
          <rect x={x * unit} y={y * rowHeight} width={width * unit - 2} height={rowHeight - 2} />
          <text x={x * unit + 7} y={y * rowHeight + 16}>
            {words}
          </text>
        </g>
      ))}
    </svg>
  );
}
