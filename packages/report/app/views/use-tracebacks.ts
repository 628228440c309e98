import type { SnapshotData } from '@tracemalloc/core';
import { useMemo, useState } from 'preact/hooks';
import type { Grouping } from '../rows/grouping.ts';
import type { TableRows } from '../rows/table.ts';
import { type TableLines, tableLines } from '../rows/table-lines.ts';
import type { GridRow } from './grid.tsx';

export type TracebacksProps = {
  readonly data: SnapshotData;
  readonly grouping: Grouping;
  readonly rows: TableRows;
  readonly order: Int32Array;
  readonly onCurrent: (index: number) => void;
};

/** The lines of a table, and how those that are tracebacks open and close. */
export type Tracebacks = {
  readonly lines: TableLines;
  readonly groupAt: (index: number) => number;
  /** The row of the traceback of a line. */
  readonly at: (index: number) => number;
  readonly isOpen: (index: number) => boolean;
  readonly toggle: (index: number) => void;
  readonly row: (index: number) => GridRow;
  /** True = the key was for it. */
  readonly onKey: (key: string, index: number) => boolean;
};

const nothing: ReadonlySet<number> = new Set();

export function useTracebacks(props: TracebacksProps): Tracebacks {
  const { data, grouping, rows, order, onCurrent } = props;
  const [state, setState] = useState({ grouping, groups: nothing });
  // What was open in another grouping means nothing in this one.
  const open = state.grouping === grouping ? state.groups : nothing;
  const lines = useMemo(() => tableLines(data, grouping, rows, order, open), [order, open]);
  const isTree = grouping.by === 'traceback';
  const groupAt = (index: number): number =>
    rows.group[lines.row[Math.min(index, lines.length - 1)]!]!;
  const isOpen = (index: number): boolean => open.has(groupAt(index));
  const setOpen = (index: number, isOpen: boolean): void => {
    const groups = new Set(open);
    if (isOpen) groups.add(groupAt(index));
    else groups.delete(groupAt(index));
    setState({ grouping, groups });
  };
  return {
    lines,
    groupAt,
    at: (index) => grouping.row[groupAt(index)]!,
    isOpen,
    toggle: (index) => setOpen(index, !isOpen(index)),
    row(index) {
      const group = groupAt(index);
      const below = lines.below[index]!;
      if (!isTree) return { key: group };
      if (below === 0) return { key: group, level: 1, expanded: isOpen(index) };
      return { key: `${group}/${below}`, level: 2, className: 'frame-row', isWide: true };
    },
    onKey(key, index) {
      if (!isTree || (key !== 'ArrowLeft' && key !== 'ArrowRight')) return false;
      const below = lines.below[index]!;
      if (below === 0) setOpen(index, key === 'ArrowRight');
      else if (key === 'ArrowLeft') onCurrent(index - below);
      return true;
    },
  };
}
