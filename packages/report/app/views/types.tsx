import '../styles/types.css';
import type { TargetedKeyboardEvent } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';
import { typeLabel } from '../rows/grouping.ts';
import { delta, grandTotal, type Sums } from '../rows/sums.ts';
import { type TypeLines, typeLines, typeRows } from '../rows/types.ts';
import { frameLabel } from '../text.ts';
import { Grid, type GridColumn } from './grid.tsx';
import { Bar, Empty, figureCell, figureColumns, Name, NothingLeft } from './parts.tsx';

/** A row on show: a type, or below an open one a line that allocated it. */
type Shown = { readonly type: number; readonly line: number };

/** Types by what their blocks hold; each opens to the lines that allocated them. */
export function TypesView({ model, selection, figures, update }: ViewProps) {
  const { data } = model.joined;
  const difference = selection.mode === 'difference';
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [current, setCurrent] = useState(0);
  const types = useMemo(() => typeRows(data, figures, difference), [data, figures]);
  const lines = useMemo(() => {
    const found = new Map<number, TypeLines>();
    for (const string of open) found.set(string, typeLines(data, string, figures, difference));
    return found;
  }, [open, figures]);
  const shown = useMemo(() => {
    const rows: Shown[] = [];
    for (const [type, string] of types.type.entries()) {
      rows.push({ type, line: -1 });
      const below = lines.get(string)?.frame.length ?? 0;
      for (let line = 0; line < below; line++) rows.push({ type, line });
    }
    return rows;
  }, [types, lines]);
  const whole = useMemo(() => grandTotal(figures), [figures]);
  if (types.type.length === 0) return <NothingLeft selection={selection} update={update} />;

  const toggle = (type: number): void => {
    const string = types.type[type]!;
    const next = new Set(open);
    if (!next.delete(string)) next.add(string);
    setOpen(next);
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLElement>, index: number): boolean => {
    const { type, line } = shown[index]!;
    const isOpen = open.has(types.type[type]!);
    switch (event.key) {
      case 'ArrowRight':
        if (line < 0 && !isOpen) toggle(type);
        else if (line < 0) setCurrent(index + 1);
        return true;
      case 'ArrowLeft':
        if (line < 0 && isOpen) toggle(type);
        else setCurrent(index - line - 1);
        return true;
      case 'Enter':
      case ' ':
        if (line < 0) toggle(type);
        else openLine(index);
        return true;
      default:
        return false;
    }
  };
  const openLine = (index: number): void => {
    const { type, line } = shown[index]!;
    if (line < 0) return toggle(type);
    const frame = lines.get(types.type[type]!)!.frame[line]!;
    if (frame >= 0) update({ view: 'sandwich', focus: `line/${frame}` });
  };
  const columns: GridColumn[] = [
    { id: 'label', label: 'Type', numeric: false },
    ...figureColumns(selection, { own: false }),
    { id: 'bar', label: difference ? 'Movement' : 'Share', numeric: false, width: 200 },
  ];
  const cell = (index: number, column: string) => {
    const { type, line } = shown[index]!;
    const string = types.type[type]!;
    const of = line < 0 ? null : lines.get(string)!;
    const sums: Sums = of?.sums ?? types.sums;
    const row = of === null ? type : line;
    if (column === 'label') {
      if (of !== null) {
        const frame = of.frame[row]!;
        const text = frame < 0 ? '<no traceback>' : frameLabel(data, frame);
        return (
          <span class="tree-label type-line">
            <Name text={text} />
          </span>
        );
      }
      return (
        <span class="tree-label">
          <span aria-hidden="true" class="twisty" onClick={() => toggle(type)}>
            {open.has(string) ? '▾' : '▸'}
          </span>
          <Name text={typeLabel(data, string)} />
        </span>
      );
    }
    if (column === 'bar') {
      const change = difference ? delta(sums, row) : 0;
      const largest = difference ? Math.abs(delta(types.sums, 0)) : whole.now[0]!;
      return (
        <Bar part={difference ? Math.abs(change) : sums.now[row]!} whole={largest} sign={change} />
      );
    }
    return figureCell(column, { total: sums, row, whole: whole.now[0]!, unit: selection.unit });
  };
  return (
    <section class="view types-view" aria-label="Types">
      {types.anyKnown ? null : (
        <Empty title="This snapshot does not know the types of its blocks.">
          <p>
            CPython’s snapshots never do, and an adapter may be told not to ask. The lines below
            allocated them.
          </p>
        </Empty>
      )}
      <Grid
        label="Memory by type"
        isTree
        columns={columns}
        length={shown.length}
        row={(index) => {
          const { type, line } = shown[index]!;
          return line < 0
            ? {
                key: `${type}`,
                level: 1,
                position: type + 1,
                siblings: types.type.length,
                expanded: open.has(types.type[type]!),
              }
            : { key: `${type}/${line}`, level: 2, position: line + 1 };
        }}
        cell={cell}
        current={current}
        onCurrent={setCurrent}
        onKey={onKey}
        onOpen={openLine}
      />
    </section>
  );
}
