import '../styles/table.css';
import { useMemo, useState } from 'preact/hooks';
import type { ReportModel, Selection, ViewProps } from '../model.ts';
import { type GroupBy, groupKindsOf, groupSites } from '../rows/grouping.ts';
import { delta, grandTotal } from '../rows/sums.ts';
import {
  orderedRows,
  type Sort,
  type SortKey,
  type TableRows,
  tableCsv,
  tableRows,
} from '../rows/table.ts';
import { formatFigure, type Unit } from '../text.ts';
import { Copy } from './copy.tsx';
import { Grid, type GridColumn } from './grid.tsx';
import { Empty, NothingLeft, widened } from './parts.tsx';
import { stackOf, stackText } from './stack-dialog.tsx';
import { TableCell } from './table-cells.tsx';
import { useFocus } from './use-focus.ts';
import { useTracebacks } from './use-tracebacks.ts';

type TableColumn = GridColumn & { readonly id: SortKey | 'share' };

const byLabels: Readonly<Record<GroupBy, string>> = {
  line: 'Line',
  function: 'Function',
  file: 'File',
  type: 'Type',
  label: 'Label',
  traceback: 'Traceback',
};

/** Statistics by line, function, file, type, label or traceback, in any order. */
export function TableView(props: ViewProps) {
  const { model, selection, figures, update } = props;
  const { data } = model.joined;
  const [focus, setFocus] = useFocus(props);
  const kinds = useMemo(() => groupKindsOf(data), [data]);
  const { by, sort } = readFocus(focus, selection, kinds);
  const [words, setWords] = useState('');
  const [current, setCurrent] = useState(0);
  const grouping = useMemo(() => groupSites(data, by), [data, by]);
  const rows = useMemo(() => tableRows(data, grouping, figures), [grouping, figures]);
  const sorting = [rows, sort.key, sort.descending, words];
  const order = useMemo(() => orderedRows(rows, sort, words), sorting);
  const stacks = useTracebacks({ data, grouping, rows, order, onCurrent: setCurrent });
  const { lines } = stacks;
  const whole = useMemo(() => grandTotal(figures).now[0]!, [figures]);
  const columns = columnsOf(by, sort, selection, rows);
  const largest = useMemo(() => largestBar(rows, selection), [rows]);

  const setSort = (column: string): void => {
    const key = (column === 'share' ? 'total' : column) as SortKey;
    const descending = sort.key === key ? !sort.descending : key !== 'label';
    setFocus(`${by}/${key}/${descending ? 'descending' : 'ascending'}`);
    setCurrent(0);
  };
  if (rows.length === 0) return <NothingLeft selection={selection} update={update} />;
  return (
    <section class="view table-view" aria-label="Table">
      <div class="view-bar">
        <RowsBy
          kinds={kinds}
          by={by}
          onKind={(kind) =>
            setFocus(`${kind}/${sort.key}/${sort.descending ? 'descending' : 'ascending'}`)
          }
        />
        <RowFilter
          words={words}
          onWords={(text) => {
            setWords(text);
            setCurrent(0);
          }}
        />
        <span class="hint" role="status">
          {rowsText(order.length, rows.length)}
        </span>
        {by === 'traceback' && lines.length > 0 && (
          <TracebackTools model={model} traceback={stacks.at(current)} />
        )}
        <Copy
          title="Copy as CSV"
          text={() => tableCsv(rows, order, csvColumns(columns, selection.unit))}
        />
      </div>
      {order.length === 0 ? (
        <NoRow all={rows.length} onAll={() => setWords('')} />
      ) : (
        <Grid
          label={`Memory by ${by}`}
          isTree={by === 'traceback'}
          columns={columns}
          length={lines.length}
          row={stacks.row}
          cell={(index, column) => (
            <TableCell
              {...{ model, grouping, rows, stacks, whole, largest, index }}
              column={column as TableColumn['id']}
              unit={selection.unit}
            />
          )}
          current={current}
          onCurrent={setCurrent}
          onSort={setSort}
          onKey={({ key }, index) => stacks.onKey(key, index)}
          onOpen={(index) => {
            if (lines.below[index] !== 0) openRow(lines.frame[index]!, 'line', props);
            else if (by === 'traceback') stacks.toggle(index);
            else openRow(grouping.frame[stacks.groupAt(index)]!, by, props);
          }}
        />
      )}
    </section>
  );
}

type RowFilterProps = { readonly words: string; readonly onWords: (words: string) => void };

function RowFilter({ words, onWords }: RowFilterProps) {
  return (
    <input
      type="search"
      class="row-filter"
      aria-label="Keep rows that contain"
      placeholder="Filter rows"
      value={words}
      onInput={(event) => onWords(event.currentTarget.value)}
    />
  );
}

function NoRow({ all, onAll }: { readonly all: number; readonly onAll: () => void }) {
  return (
    <Empty title="No row contains that.">
      <button type="button" class="button" onClick={onAll}>
        Show all {formatFigure(all, 'blocks')} rows
      </button>
    </Empty>
  );
}

type TracebackToolsProps = { readonly model: ReportModel; readonly traceback: number };

function TracebackTools({ model, traceback }: TracebackToolsProps) {
  return (
    <>
      <span class="hint">
        <kbd>←</kbd> <kbd>→</kbd> close and open a traceback
      </span>
      <Copy
        title="Copy traceback"
        text={() => stackText(model, stackOf(model.joined.data, traceback))}
      />
    </>
  );
}

type RowsByProps = {
  readonly kinds: readonly GroupBy[];
  readonly by: GroupBy;
  readonly onKind: (kind: GroupBy) => void;
};

function RowsBy({ kinds, by, onKind }: RowsByProps) {
  return (
    <fieldset class="segments">
      <legend>Rows by</legend>
      {kinds.map((kind) => (
        <label key={kind}>
          <input type="radio" name="table-by" checked={kind === by} onChange={() => onKind(kind)} />
          <span>{byLabels[kind]}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Enter on a row: the sandwich of a line or function, the source of a file. */
function openRow(frame: number, by: GroupBy, { model, update }: ViewProps): void {
  if (frame < 0) return;
  if (by === 'file') {
    update({ view: 'source', focus: String(model.joined.data.frames.file[frame]) });
  } else {
    update({ view: 'sandwich', focus: `${by === 'function' ? 'function' : 'line'}/${frame}` });
  }
}

function rowsText(shown: number, all: number): string {
  const total = formatFigure(all, 'blocks');
  return shown === all ? `${total} rows` : `${formatFigure(shown, 'blocks')} of ${total} rows`;
}

/** `line/total/descending`, as the address has it. */
function readFocus(
  focus: string,
  { mode }: Selection,
  kinds: readonly GroupBy[],
): { by: GroupBy; sort: Sort } {
  const [by, key, direction] = focus.split('/');
  const known = kinds.find((kind) => kind === by) ?? 'line';
  const wanted = sortKeys.find((one) => one === key);
  const isDelta = wanted !== undefined && differenceKeys.includes(wanted);
  const usable = wanted !== undefined && (mode === 'difference' || !isDelta) ? wanted : null;
  const shown = !hasOwn(known) && (usable === 'own' || usable === 'deltaOwn') ? null : usable;
  return {
    by: known,
    sort: {
      key: shown ?? firstKey(mode, known),
      descending: shown === null || direction !== 'ascending',
    },
  };
}

/** What was allocated there itself comes first: it is what one can change. */
function firstKey(mode: Selection['mode'], by: GroupBy): SortKey {
  if (mode === 'difference') return hasOwn(by) ? 'deltaOwn' : 'delta';
  return hasOwn(by) ? 'own' : 'total';
}

const differenceKeys: readonly SortKey[] = ['delta', 'deltaBlocks', 'deltaOwn', 'base', 'growth'];
const nowKeys: readonly SortKey[] = ['label', 'total', 'own', 'blocks', 'average', 'temporary'];
const sortKeys: readonly SortKey[] = [...nowKeys, ...differenceKeys];

/** A type's blocks and a traceback's are all its own. */
const hasOwn = (by: GroupBy): boolean => by !== 'type' && by !== 'traceback';

function columnsOf(by: GroupBy, sort: Sort, selection: Selection, rows: TableRows): TableColumn[] {
  const { mode, unit, metric } = selection;
  const what = unit === 'bytes' ? 'bytes' : 'blocks';
  const blocks = hasOwn(by) ? 'Own blocks' : 'Blocks';
  const column = (id: TableColumn['id'], label: string, width: number, title: string) => ({
    id,
    label,
    width,
    title,
    numeric: true,
  });
  const figures: TableColumn[] =
    mode === 'difference'
      ? [
          column('deltaOwn', 'Δ Own', 132, 'what was allocated there itself, more or less'),
          column('deltaBlocks', `Δ ${blocks}`, 120, 'blocks more or fewer than in the base'),
          column('delta', 'Δ Total', 132, `${what} (${metric}) more or fewer, with what it calls`),
          column('growth', 'Δ %', 88, 'of what the base had in total'),
          column('total', 'Total', 96, `${what} (${metric}) now, with what it calls`),
          column('base', 'Base', 96, `${what} (${metric}) in the base, with what it calls`),
        ]
      : [
          column('total', 'Total', 96, `${what} (${metric}), with what it calls`),
          column('share', '%', 80, 'the total, of everything that passes the filters'),
          column('own', 'Own', 96, `${what} (${metric}) allocated there itself`),
          column('blocks', blocks, 100, 'blocks allocated there itself'),
          column('average', 'Average', 96, 'bytes of a block that was allocated there itself'),
          column(
            'temporary',
            'Temporary',
            112,
            'of all blocks allocated there: those freed before the second allocation after them',
          ),
        ];
  const shown = figures.filter(
    ({ id }) =>
      (hasOwn(by) || (id !== 'own' && id !== 'deltaOwn')) &&
      (unit === 'bytes' || (id !== 'blocks' && id !== 'average' && id !== 'deltaBlocks')) &&
      (id !== 'temporary' || rows.temporary !== null),
  );
  const label: TableColumn = { id: 'label', label: byLabels[by], numeric: false };
  const direction = sort.descending ? 'descending' : 'ascending';
  return [label, ...widened(shown, rows.own.spread !== null)].map((one) =>
    one.id === 'share' ? one : { ...one, sorted: one.id === sort.key ? direction : 'none' },
  );
}

function largestBar(rows: TableRows, { mode }: Selection): number {
  let largest = 0;
  for (let row = 0; row < rows.length; row++) {
    const size = mode === 'difference' ? Math.abs(delta(rows.own, row)) : rows.own.now[row]!;
    largest = Math.max(largest, size);
  }
  return largest;
}

function csvColumns(
  columns: readonly TableColumn[],
  unit: Unit,
): { readonly key: SortKey; readonly label: string }[] {
  return columns.flatMap(({ id, label }) => {
    if (id === 'share') return [];
    const isSize = id !== 'label' && !['blocks', 'deltaBlocks', 'temporary', 'growth'].includes(id);
    return [{ key: id, label: isSize ? `${label} (${unit})` : label }];
  });
}
