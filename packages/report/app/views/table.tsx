import '../styles/table.css';
import { useMemo, useState } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import type { Selection, ViewProps } from '../model.ts';
import { type GroupBy, groupKindsOf, groupSites } from '../rows/grouping.ts';
import { delta, grandTotal } from '../rows/sums.ts';
import {
  average,
  orderedRows,
  type Sort,
  type SortKey,
  type TableRows,
  tableCsv,
  tableRows,
  temporaryShare,
} from '../rows/table.ts';
import { estimateAt, estimatedDelta } from '../spread.ts';
import { formatFigure, formatGrowth, formatShare, type Unit, visibleLine } from '../text.ts';
import { Grid, type GridColumn } from './grid.tsx';
import { Bar, Delta, Empty, Figure, Name, NothingLeft, widened } from './parts.tsx';
import { StackDialog, stackOf } from './stack-dialog.tsx';
import { useFocus } from './use-focus.ts';

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
  const [stack, setStack] = useState(-1);
  const grouping = useMemo(() => groupSites(data, by), [data, by]);
  const rows = useMemo(() => tableRows(data, grouping, figures), [grouping, figures]);
  const sorting = [rows, sort.key, sort.descending, words];
  const order = useMemo(() => orderedRows(rows, sort, words), sorting);
  const whole = useMemo(() => grandTotal(figures).now[0]!, [figures]);
  const columns = columnsOf(by, sort, selection, rows);
  const largest = useMemo(() => largestBar(rows, selection), [rows]);

  const codeOf = (frame: number): string => visibleLine(model.lineOf(frame));
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
        <input
          type="search"
          class="row-filter"
          aria-label="Keep rows that contain"
          placeholder="Filter rows"
          value={words}
          onInput={(event) => {
            setWords(event.currentTarget.value);
            setCurrent(0);
          }}
        />
        <span class="hint" role="status">
          {rowsText(order.length, rows.length)}
        </span>
        {by === 'traceback' && (
          <span class="hint">
            <kbd>Enter</kbd> or a double click: the whole traceback
          </span>
        )}
        <CopyCsv text={() => tableCsv(rows, order, csvColumns(columns, selection.unit))} />
      </div>
      {order.length === 0 ? (
        <Empty title="No row contains that.">
          <button type="button" class="button" onClick={() => setWords('')}>
            Show all {formatFigure(rows.length, 'blocks')} rows
          </button>
        </Empty>
      ) : (
        <Grid
          label={`Memory by ${by}`}
          columns={columns}
          length={order.length}
          row={(index) => ({ key: rows.group[order[index]!]! })}
          cell={(index, column) => (
            <Cell
              rows={rows}
              row={order[index]!}
              column={column as TableColumn['id']}
              unit={selection.unit}
              whole={whole}
              largest={largest}
              code={by === 'line' ? codeOf(grouping.frame[rows.group[order[index]!]!]!) : ''}
            />
          )}
          current={current}
          onCurrent={setCurrent}
          onSort={setSort}
          onOpen={(index) => {
            const group = rows.group[order[index]!]!;
            if (by === 'traceback') setStack(grouping.row[group]!);
            else openRow(grouping.frame[group]!, by, props);
          }}
        />
      )}
      {stack >= 0 && (
        <StackDialog {...stackOf(data, stack)} model={model} onClose={() => setStack(-1)} />
      )}
    </section>
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

type CellProps = {
  readonly rows: TableRows;
  readonly row: number;
  readonly column: TableColumn['id'];
  readonly unit: Unit;
  readonly whole: number;
  readonly largest: number;
  /** The line's source; `''` = not known, or no line. */
  readonly code: string;
};

function Cell({ rows, row, column, unit, whole, largest, code }: CellProps) {
  switch (column) {
    case 'label': {
      const change = rows.own.base === null ? 0 : delta(rows.own, row);
      const part = rows.own.base === null ? rows.own.now[row]! : Math.abs(change);
      return (
        <span class="with-bar">
          <Bar part={part} whole={largest} sign={change} />
          <Name text={rows.label[row]!} />
          {code !== '' && <code class="row-code">{code}</code>}
        </span>
      );
    }
    case 'share':
      return <>{formatShare(rows.total.now[row]!, whole)}</>;
    case 'temporary':
      return <>{formatShare(temporaryShare(rows, row), 1)}</>;
    case 'average':
      return <>{formatFigure(Math.round(average(rows, row)), 'bytes')}</>;
    case 'growth':
      return <>{formatGrowth(rows.total.now[row]!, rows.total.base?.[row] ?? 0)}</>;
    case 'blocks':
      return <Figure estimate={estimateAt(rows.own, row, 'count')} unit="blocks" />;
    case 'delta':
    case 'deltaOwn': {
      const sums = column === 'delta' ? rows.total : rows.own;
      return <Delta estimate={estimatedDelta(sums, row, 'now')} unit={unit} />;
    }
    case 'deltaBlocks':
      return <Delta estimate={estimatedDelta(rows.own, row, 'count')} unit="blocks" />;
    case 'own':
      return <Figure estimate={estimateAt(rows.own, row, 'now')} unit={unit} />;
    default:
      return (
        <Figure
          estimate={estimateAt(rows.total, row, column === 'base' ? 'base' : 'now')}
          unit={unit}
        />
      );
  }
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

function CopyCsv({ text }: { readonly text: () => string }) {
  const [state, setState] = useState('');
  const copy = async (): Promise<void> => {
    setState((await copyText(text())) ? 'Copied' : 'Copying is not allowed here');
  };
  return (
    <span class="copy">
      <button type="button" class="button" onClick={copy}>
        Copy as CSV
      </button>
      <span role="status">{state}</span>
    </span>
  );
}
