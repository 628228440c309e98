import '../styles/grid.css';
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatFigure } from '../text.ts';

type SortDirection = 'ascending' | 'descending' | 'none';

export type GridColumn = {
  readonly id: string;
  readonly label: string;
  /** What the column means, shown when the pointer rests on its header. */
  readonly title?: string;
  readonly numeric: boolean;
  /** Pixels; the columns without one share the rest. */
  readonly width?: number;
  /** Present where the reader can sort by the column. */
  readonly sorted?: SortDirection;
};

export type GridRow = {
  /** Stays the same for the same row when others come and go. */
  readonly key: string | number;
  /** Depth from 1 in a tree of rows; with it the grid is a treegrid. */
  readonly level?: number;
  readonly expanded?: boolean;
  readonly position?: number;
  readonly siblings?: number;
  readonly className?: string;
  /** Whether its first cell has the room of all. */
  readonly isWide?: boolean;
};

export type GridProps = {
  readonly label: string;
  readonly className?: string;
  readonly columns: readonly GridColumn[];
  readonly length: number;
  readonly row: (index: number) => GridRow;
  readonly cell: (index: number, column: string) => ComponentChildren;
  readonly isTree?: boolean;
  /** The row that the keyboard is at. */
  readonly current: number;
  readonly onCurrent: (index: number) => void;
  readonly onSort?: (column: string) => void;
  /** Enter, or a double click. */
  readonly onOpen?: (index: number) => void;
  /** Keys besides those that move; true = it was for the view. */
  readonly onKey?: (event: TargetedKeyboardEvent<HTMLElement>, index: number) => boolean;
  /** CSS length that the table may not be narrower than; else as much as its columns need. */
  readonly minWidth?: string;
};

const rowHeight = 26;
/** Rows on paper above and below those in sight. */
const printedRows = 200;
/** Pixels that the columns without a width have at least. */
const minNameWidth = 200;

/**
 * A table of any number of equally high rows, of which only those in sight exist. One row is in the
 * order of the tab key; the arrows, Page Up and Down, Home and End move it.
 */
export function Grid(props: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualRows(scroller, props.length);
  const wantsFocus = useRef(false);
  const current = Math.min(props.current, props.length - 1);
  const items = rows.getVirtualItems();
  const isCut = useIsCut(scroller);
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;

  useLayoutEffect(() => {
    if (current >= 0) rows.scrollToIndex(current, { align: 'auto' });
  }, [current, props.length]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const row = scroller.current?.querySelector<HTMLElement>('tr[tabindex="0"]');
    if (row == null) return;
    row.focus({ preventScroll: true });
    wantsFocus.current = false;
  });

  const move = (to: number): void => {
    wantsFocus.current = true;
    const bounded = Math.max(0, Math.min(props.length - 1, to));
    if (bounded === current) wantsFocus.current = false;
    else props.onCurrent(bounded);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || props.length === 0) return;
    if (!(event.target as HTMLElement).closest('tbody')) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const target = rowAfterKey(event.key, current, page, props.length);
    if (target !== null) move(target);
    else if (props.onKey?.(event, current)) wantsFocus.current = true;
    else if (event.key === 'Enter' && props.onOpen) props.onOpen(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const before = first * rowHeight;
  const after = Math.max(0, props.length - last - 1) * rowHeight;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside have the roles; one listener serves all.
    <div
      class={`grid-scroll ${props.className ?? ''} ${isCut ? 'cut' : ''}`}
      ref={scroller}
      onKeyDown={onKeyDown}
    >
      <table
        role={props.isTree ? 'treegrid' : 'grid'}
        aria-label={props.label}
        aria-rowcount={props.length + 1}
        aria-colcount={props.columns.length}
        style={{ '--min-width': props.minWidth ?? `${minWidthOf(props.columns)}px` }}
      >
        <GridHead columns={props.columns} onSort={props.onSort} />
        <tbody>
          <Spacer height={before} columns={props.columns.length} />
          {items.map(({ index }) => (
            <Row
              key={props.row(index).key}
              grid={props}
              index={index}
              isCurrent={index === current}
            />
          ))}
          <Spacer height={after} columns={props.columns.length} />
        </tbody>
      </table>
      {items.length < props.length && (
        <p class="print-only">
          Rows {first + 1} to {last + 1} of {formatFigure(props.length, 'blocks')}; the report's
          page has them all.
        </p>
      )}
    </div>
  );
}

function minWidthOf(columns: readonly GridColumn[]): number {
  return columns.reduce((sum, { width }) => sum + (width ?? minNameWidth), 0);
}

function rowAfterKey(key: string, current: number, page: number, length: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return current + 1;
    case 'ArrowUp':
      return current - 1;
    case 'PageDown':
      return current + page;
    case 'PageUp':
      return current - page;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return null;
  }
}

type HeadProps = {
  readonly columns: readonly GridColumn[];
  readonly onSort: ((column: string) => void) | undefined;
};

function GridHead({ columns, onSort }: HeadProps) {
  return (
    <>
      <colgroup>
        {columns.map((column) => (
          <col key={column.id} style={column.width ? { width: `${column.width}px` } : {}} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              class={column.numeric ? 'number' : ''}
              title={column.title}
              aria-sort={column.sorted}
            >
              {column.sorted === undefined ? (
                column.label
              ) : (
                <button type="button" class="sort" onClick={() => onSort?.(column.id)}>
                  {column.label}
                  <span aria-hidden="true" class="sort-mark">
                    {sortMark[column.sorted]}
                  </span>
                </button>
              )}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

const sortMark: Readonly<Record<SortDirection, string>> = {
  ascending: '▴',
  descending: '▾',
  none: '',
};

type RowProps = { readonly grid: GridProps; readonly index: number; readonly isCurrent: boolean };

function Row({ grid, index, isCurrent }: RowProps) {
  const row = grid.row(index);
  return (
    <tr
      class={row.className}
      tabIndex={isCurrent ? 0 : -1}
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-expanded={row.expanded}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isCurrent}
      onClick={() => grid.onCurrent(index)}
      onDblClick={() => grid.onOpen?.(index)}
    >
      {(row.isWide ? grid.columns.slice(0, 1) : grid.columns).map((column) => (
        <td
          key={column.id}
          class={column.numeric ? 'number' : ''}
          colSpan={row.isWide ? grid.columns.length : undefined}
        >
          {grid.cell(index, column.id)}
        </td>
      ))}
    </tr>
  );
}

/** Stands for the rows out of sight, so that the scroll bar is as long as all of them. */
function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height === 0) return null;
  return (
    <tr class="spacer">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}

/** Whether columns are out of sight at the right. */
function useIsCut(scroller: { readonly current: HTMLDivElement | null }): boolean {
  const [isCut, setIsCut] = useState(false);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => setIsCut(element.scrollLeft + element.clientWidth < element.scrollWidth - 1);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  return isCut;
}

function useVirtualRows(
  scroller: { readonly current: HTMLDivElement | null },
  count: number,
): Virtualizer<HTMLDivElement, HTMLElement> {
  const [, redraw] = useState(0);
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const before = () => setPrinting(true);
    const after = () => setPrinting(false);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    // The header stays in sight and covers as much as a row.
    scrollPaddingStart: 0,
    scrollPaddingEnd: rowHeight + 6,
    overscan: isPrinting ? printedRows : 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw((version) => version + 1),
  };
  const [rows] = useState(() => new Virtualizer<HTMLDivElement, HTMLElement>(options));
  rows.setOptions({ ...rows.options, ...options });
  useEffect(() => rows._didMount(), [rows]);
  useLayoutEffect(() => rows._willUpdate());
  return rows;
}
