import '../styles/types.css';
import type { TargetedKeyboardEvent } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';
import { typeLabel } from '../rows/grouping.ts';
import { delta, grandTotal, type Sums } from '../rows/sums.ts';
import { type TypeLines, type TypeRows, typeLines, typeRows } from '../rows/types.ts';
import { frameLabel } from '../text.ts';
import { Grid, type GridColumn, type GridRow } from './grid.tsx';
import { Bar, figureCell, figureColumns, Name, NothingLeft, Twisty } from './parts.tsx';

/** A row on show: a type, or below an open one a line that allocated it. */
type Shown = { readonly type: number; readonly line: number };

function shownRows(types: TypeRows, lines: ReadonlyMap<number, TypeLines>): Shown[] {
  const rows: Shown[] = [];
  for (const [type, string] of types.type.entries()) {
    rows.push({ type, line: -1 });
    const below = lines.get(string)?.frame.length ?? 0;
    for (let line = 0; line < below; line++) rows.push({ type, line });
  }
  return rows;
}

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
  const shown = useMemo(() => shownRows(types, lines), [types, lines]);
  const whole = useMemo(() => grandTotal(figures), [figures]);
  if (types.type.length === 0) return <NothingLeft selection={selection} update={update} />;

  const toggle = (type: number): void => {
    const string = types.type[type]!;
    const next = new Set(open);
    if (!next.delete(string)) next.add(string);
    setOpen(next);
  };
  const openLine = (index: number): void => {
    const { type, line } = shown[index]!;
    const frame = line < 0 ? -1 : lines.get(types.type[type]!)!.frame[line]!;
    if (line < 0) toggle(type);
    else if (frame >= 0) update({ view: 'sandwich', focus: `line/${frame}` });
  };
  const columns: GridColumn[] = [
    { id: 'label', label: 'Type', numeric: false },
    ...figureColumns(selection, { own: false, isEstimate: figures.spread !== null }),
    { id: 'bar', label: difference ? 'Movement' : 'Share', numeric: false, width: 160 },
  ];
  const onKey = (event: TargetedKeyboardEvent<HTMLElement>, index: number): boolean => {
    const { type, line } = shown[index]!;
    const isOpen = open.has(types.type[type]!);
    if (event.key === 'ArrowRight' && line < 0) isOpen ? setCurrent(index + 1) : toggle(type);
    else if (event.key === 'ArrowLeft')
      line < 0 && isOpen ? toggle(type) : setCurrent(index - line - 1);
    else if (event.key === 'Enter' || event.key === ' ') openLine(index);
    else return event.key === 'ArrowRight';
    return true;
  };
  const cell = (index: number, column: string) => {
    const { type, line } = shown[index]!;
    const string = types.type[type]!;
    const of = line < 0 ? null : lines.get(string)!;
    const sums: Sums = of?.sums ?? types.sums;
    const row = of === null ? type : line;
    if (column === 'bar') return <TypeBar sums={sums} row={row} types={types.sums} whole={whole} />;
    if (column !== 'label') {
      return figureCell(column, { total: sums, row, whole: whole.now[0]!, unit: selection.unit });
    }
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
        <Twisty isOpen={open.has(string)} onToggle={() => toggle(type)} />
        <Name text={typeLabel(data, string)} />
      </span>
    );
  };
  return (
    <section class="view types-view" aria-label="Types">
      {types.anyKnown ? null : <NoTypes />}
      <Grid
        label="Memory by type"
        isTree
        columns={columns}
        length={shown.length}
        row={(index) => rowOf(shown[index]!, types, open)}
        cell={cell}
        current={current}
        onCurrent={setCurrent}
        onKey={onKey}
        onOpen={openLine}
      />
    </section>
  );
}

function rowOf({ type, line }: Shown, types: TypeRows, open: ReadonlySet<number>): GridRow {
  if (line >= 0) return { key: `${type}/${line}`, level: 2, position: line + 1 };
  return {
    key: String(type),
    level: 1,
    position: type + 1,
    siblings: types.type.length,
    expanded: open.has(types.type[type]!),
  };
}

function NoTypes() {
  return (
    <p class="note" role="note">
      This snapshot does not know the types of its blocks: CPython’s never do, and an adapter may be
      told not to ask. Open the row to see the lines that allocated them.
    </p>
  );
}

type TypeBarProps = {
  readonly sums: Sums;
  readonly row: number;
  readonly types: Sums;
  readonly whole: Sums;
};

/** A share of all; for differences, of the type that moved most. */
function TypeBar({ sums, row, types, whole }: TypeBarProps) {
  if (sums.base === null) return <Bar part={sums.now[row]!} whole={whole.now[0]!} />;
  const change = delta(sums, row);
  return <Bar part={Math.abs(change)} whole={Math.abs(delta(types, 0))} sign={change} />;
}
