import '../styles/sandwich.css';
import type { TargetedKeyboardEvent } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';
import { groupLabel, groupSites } from '../rows/grouping.ts';
import {
  type Neighbours,
  type Places,
  places,
  type Sandwich,
  type SandwichBy,
  sandwich,
} from '../rows/sandwich.ts';
import { delta, grandTotal, hasAny, type Sums } from '../rows/sums.ts';
import { orderedRows, tableRows } from '../rows/table.ts';
import { frameLabel } from '../text.ts';
import { Grid, type GridColumn } from './grid.tsx';
import { Bar, Empty, figureCell, figureColumns, Name, NothingLeft } from './parts.tsx';
import { useFocus } from './use-focus.ts';

/** One line or function between those that call it and those that it calls. */
export function SandwichView(props: ViewProps) {
  const { model, selection, figures, update } = props;
  const { data } = model.joined;
  const difference = selection.mode === 'difference';
  const [focus, setFocus] = useFocus(props);
  const { by, frame } = readFocus(focus, data.frames.length);
  const [words, setWords] = useState('');
  const all = useMemo(() => places(data, by), [data, by]);
  const grouping = useMemo(() => groupSites(data, by), [data, by]);
  const rows = useMemo(() => tableRows(data, grouping, figures), [grouping, figures]);
  const order = useMemo(() => {
    const key = difference ? 'delta' : 'total';
    const found = orderedRows(rows, { key, descending: true }, words);
    return found.filter((row) => grouping.frame[rows.group[row]!]! >= 0);
  }, [rows, words, difference]);
  const whole = useMemo(() => grandTotal(figures).now[0]!, [figures]);
  const first = order[0] === undefined ? -1 : rows.group[order[0]]!;
  const target = frame >= 0 ? all.placeOfFrame[frame]! : first;
  const found = useMemo(
    () => (target < 0 ? null : sandwich(data, all, target, figures, difference)),
    [all, target, figures],
  );
  if (rows.length === 0) return <NothingLeft selection={selection} update={update} />;

  const goTo = (place: number): void => setFocus(`${by}/${all.frame[place]}`);
  const listed = Math.max(
    0,
    order.findIndex((row) => rows.group[row] === target),
  );
  return (
    <section class="view sandwich-view" aria-label="Sandwich">
      <div class="side">
        <div class="view-bar">
          <fieldset class="segments">
            <legend>Pick a</legend>
            {(['line', 'function'] as const).map((kind) => (
              <label key={kind}>
                <input
                  type="radio"
                  name="sandwich-by"
                  checked={kind === by}
                  onChange={() => setFocus(`${kind}/${target < 0 ? '' : all.frame[target]}`)}
                />
                <span>{kind === 'line' ? 'Line' : 'Function'}</span>
              </label>
            ))}
          </fieldset>
          <input
            type="search"
            class="row-filter"
            aria-label={`Search for a ${by}`}
            placeholder={`Search for a ${by}`}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </div>
        {order.length === 0 ? (
          <Empty title={`No ${by} contains that.`} />
        ) : (
          <Grid
            label={by === 'line' ? 'Lines' : 'Functions'}
            columns={[
              { id: 'label', label: by === 'line' ? 'Line' : 'Function', numeric: false },
              ...figureColumns(selection).slice(0, 1),
            ]}
            length={order.length}
            row={(index) => ({
              key: rows.group[order[index]!]!,
              className: rows.group[order[index]!] === target ? 'chosen' : '',
            })}
            cell={(index, column) => {
              const row = order[index]!;
              if (column === 'label') {
                return <Name text={groupLabel(data, grouping, rows.group[row]!)} />;
              }
              return figureCell(column, { total: rows.total, row, whole, unit: selection.unit });
            }}
            current={listed}
            onCurrent={(index) => goTo(rows.group[order[index]!]!)}
          />
        )}
      </div>
      {found === null ? (
        <Empty title="Nothing is picked.">
          <p>Pick a {by} in the list to see who calls it and whom it calls.</p>
        </Empty>
      ) : (
        <Layers {...props} all={all} target={target} found={found} whole={whole} goTo={goTo} />
      )}
    </section>
  );
}

type LayersProps = ViewProps & {
  readonly all: Places;
  readonly target: number;
  readonly found: Sandwich;
  readonly whole: number;
  readonly goTo: (place: number) => void;
};

function Layers(props: LayersProps) {
  const { model, selection, figures, all, target, found, whole, goTo } = props;
  const { data } = model.joined;
  const { unit } = selection;
  const isEstimate = figures.spread !== null;
  const columns = figureColumns(selection);
  const cells = (total: Sums, own: Sums, row: number) =>
    columns.map(({ id, label }) => (
      <div key={id} class="figure">
        <dt>{label}</dt>
        <dd>{figureCell(id, { total, own, row, whole, unit })}</dd>
      </div>
    ));
  const what = { ...props, columns: figureColumns(selection, { own: false, isEstimate }) };
  return (
    <div class="layers">
      <Layer
        {...what}
        title="Callers"
        rows={found.callers}
        rest={hasAny(found.outermost, 0) ? found.outermost : null}
        restLabel="outermost: no caller"
        whole={found.total}
        goTo={goTo}
        empty="Nobody calls it: it is where the program, or what was kept of the traceback, begins."
      />
      <div class="filling">
        <h2>
          <Name text={frameLabel(data, all.frame[target]!)} />
          <button
            type="button"
            class="button"
            onClick={() => {
              const frame = all.frame[target]!;
              update(props, `${data.frames.file[frame]}/${data.frames.line[frame]}`);
            }}
          >
            Show source
          </button>
        </h2>
        {hasAny(found.total, 0) ? (
          <dl class="figures">{cells(found.total, found.own, 0)}</dl>
        ) : (
          <p>Nothing that passes the filters was allocated in it or in what it calls.</p>
        )}
      </div>
      <Layer
        {...what}
        title="Callees"
        rows={found.callees}
        rest={hasAny(found.own, 0) ? found.own : null}
        restLabel="allocated here itself"
        whole={found.total}
        goTo={goTo}
        empty="It calls nobody that allocates."
      />
    </div>
  );
}

function update(props: ViewProps, focus: string): void {
  props.update({ view: 'source', focus });
}

type LayerProps = Omit<LayersProps, 'whole'> & {
  readonly title: string;
  readonly columns: readonly GridColumn[];
  readonly rows: Neighbours;
  /** What has no neighbour on this side: a last row that cannot be walked to. */
  readonly rest: Sums | null;
  readonly restLabel: string;
  readonly whole: Sums;
  readonly empty: string;
};

function Layer(props: LayerProps) {
  const { title, rows, rest, restLabel, whole, goTo, all, empty, selection, model } = props;
  const [current, setCurrent] = useState(0);
  const { length } = rows.place;
  const count = length + (rest === null ? 0 : 1);
  const difference = selection.mode === 'difference';
  const open = (index: number): void => {
    if (index >= length) return;
    setCurrent(0);
    goTo(rows.place[index]!);
  };
  const cell = (index: number, column: string) => {
    const isRest = index >= length;
    const sums = isRest ? rest! : rows.sums;
    const row = isRest ? 0 : rows.place[index]!;
    if (column !== 'label') {
      return figureCell(column, { total: sums, row, whole: whole.now[0]!, unit: selection.unit });
    }
    const change = difference ? delta(sums, row) : 0;
    const part = difference ? Math.abs(change) : sums.now[row]!;
    const of = difference ? Math.abs(delta(whole, 0)) : whole.now[0]!;
    return (
      <span class="with-bar">
        <Bar part={part} whole={of} sign={change} />
        {isRest ? (
          <i>{restLabel}</i>
        ) : (
          <button type="button" class="link" tabIndex={-1} onClick={() => open(index)}>
            <Name text={frameLabel(model.joined.data, all.frame[row]!)} />
          </button>
        )}
      </span>
    );
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLElement>, index: number): boolean => {
    if (event.key !== 'Enter') return false;
    open(index);
    return true;
  };
  return (
    <div class="layer">
      <h2>{title}</h2>
      {count === 0 ? (
        <p class="hint">{empty}</p>
      ) : (
        <Grid
          label={title}
          columns={[{ id: 'label', label: title, numeric: false }, ...props.columns]}
          length={count}
          row={(index) => ({ key: index < length ? rows.place[index]! : 'rest' })}
          cell={cell}
          current={current}
          onCurrent={setCurrent}
          onKey={onKey}
          onOpen={open}
        />
      )}
    </div>
  );
}

/** `function/12`: what is picked, by a frame of it; −1 = not picked yet. */
function readFocus(focus: string, frames: number): { by: SandwichBy; frame: number } {
  const [by, row] = focus.split('/');
  const frame = row !== undefined && /^\d{1,10}$/.test(row) ? Number(row) : -1;
  return { by: by === 'function' ? 'function' : 'line', frame: frame < frames ? frame : -1 };
}
