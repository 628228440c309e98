import '../styles/source.css';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';
import { groupLabel, groupSites } from '../rows/grouping.ts';
import { fileRows, heat, hotRows, type SourceLines, sourceLines } from '../rows/source.ts';
import { delta, hasAny } from '../rows/sums.ts';
import { visible, visibleLine } from '../text.ts';
import { Grid, type GridColumn } from './grid.tsx';
import { figureCell, figureColumns, Name, NothingLeft } from './parts.tsx';
import { useFocus } from './use-focus.ts';

/** A file's lines with what each holds. */
export function SourceView(props: ViewProps) {
  const { model, selection, figures, update } = props;
  const { data } = model.joined;
  const difference = selection.mode === 'difference';
  const [focus, setFocus] = useFocus(props);
  const files = useMemo(() => groupSites(data, 'file'), [data]);
  const rows = useMemo(() => fileRows(files, figures, difference), [files, figures]);
  const listed = useMemo(() => rows.order.filter((file) => files.frame[file]! >= 0), [rows]);
  const fileOf = (group: number): number => data.frames.file[files.frame[group]!]!;
  if (listed.length === 0) return <NothingLeft selection={selection} update={update} />;

  const [wanted, line] = readFocus(focus);
  const found = listed.findIndex((group) => fileOf(group) === wanted);
  const current = Math.max(0, found);
  const file = fileOf(listed[current]!);
  return (
    <section class="view source-view" aria-label="Source">
      <div class="side">
        <Grid
          label="Files"
          columns={[
            { id: 'label', label: 'File', numeric: false },
            difference
              ? { ...figureColumns(selection)[0]!, label: 'Δ Own' }
              : { id: 'total', label: 'Own', numeric: true, width: 96 },
          ]}
          length={listed.length}
          row={(index) => ({
            key: listed[index]!,
            className: index === current ? 'chosen' : '',
          })}
          cell={(index, column) => {
            const group = listed[index]!;
            if (column === 'label') return <Name text={groupLabel(data, files, group)} />;
            const { unit } = selection;
            return figureCell(column, { total: rows.own, row: group, whole: 0, unit });
          }}
          current={current}
          onCurrent={(index) => setFocus(String(fileOf(listed[index]!)))}
        />
      </div>
      <Lines
        key={file}
        {...props}
        file={file}
        line={found < 0 ? null : line}
        onLine={(number) => setFocus(`${file}/${number}`)}
      />
    </section>
  );
}

type LinesProps = ViewProps & {
  readonly file: number;
  readonly line: number | null;
  readonly onLine: (line: number) => void;
};

function Lines({ model, selection, figures, update, file, line, onLine }: LinesProps) {
  const { data } = model.joined;
  const difference = selection.mode === 'difference';
  const name = data.strings[file]!;
  const source = model.sources.get(name);
  const lines = useMemo(
    () => sourceLines(data, file, source, figures, difference),
    [file, source, figures],
  );
  const hot = useMemo(() => hotRows(lines, difference), [lines]);
  const [current, setCurrent] = useState(() => startRow(lines, hot, line));
  useEffect(() => {
    if (line !== null && lines.line[current] !== line) setCurrent(startRow(lines, hot, line));
  }, [line, lines]);
  const goTo = (row: number): void => {
    setCurrent(row);
    onLine(lines.line[row]!);
  };
  const step = (by: number): void => {
    const at = hot.indexOf(current);
    const next = hot[(at + by + hot.length) % hot.length];
    if (next !== undefined) goTo(next);
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLElement>, row: number): boolean => {
    if (event.key === 'n') step(1);
    else if (event.key === 'p') step(-1);
    else if (event.key === 'Enter') open(row);
    else return false;
    return true;
  };
  const open = (row: number): void => {
    const frame = frameAt(data.frames, file, lines.line[row]!);
    if (frame >= 0) update({ view: 'sandwich', focus: `line/${frame}` });
  };
  const width = useMemo(() => widthOf(lines), [lines]);
  const columns: GridColumn[] = [
    ...sourceColumns(figureColumns(selection, { isEstimate: figures.spread !== null })),
    { id: 'line', label: 'Line', numeric: true, width: 64 },
    { id: 'text', label: 'Source', numeric: false },
  ];
  return (
    <div class="lines">
      <div class="view-bar">
        <h2>
          <Name text={visible(name) || '<unknown file>'} />
        </h2>
        <button type="button" class="button" onClick={() => step(1)} disabled={hot.length === 0}>
          Next hot line
        </button>
        <span class="hint">
          <kbd>n</kbd> <kbd>p</kbd> hot lines · <kbd>Enter</kbd> callers
        </span>
      </div>
      {source === undefined ? (
        <p class="note" role="note">
          The report holds no text of this file, so only lines with figures are listed. To see the
          code, make the report with its sources.
        </p>
      ) : null}
      <Grid
        label={`Lines of ${visible(name)}`}
        className="code"
        columns={columns}
        minWidth={`${width + 60}ch`}
        length={lines.length}
        row={(row) => ({ key: lines.line[row]! })}
        cell={(row, column) => (
          <LineCell lines={lines} row={row} column={column} selection={selection} />
        )}
        current={current}
        onCurrent={goTo}
        onKey={onKey}
        onOpen={open}
      />
    </div>
  );
}

type LineCellProps = {
  readonly lines: SourceLines;
  readonly row: number;
  readonly column: string;
  readonly selection: ViewProps['selection'];
};

function LineCell({ lines, row, column, selection }: LineCellProps) {
  const isHot = hasAny(lines.total, row);
  if (column === 'line') return <>{lines.line[row] === 0 ? '?' : lines.line[row]}</>;
  if (column === 'text') {
    const text = lines.text[row];
    return (
      <span class="source-line">
        <Heat lines={lines} row={row} difference={selection.mode === 'difference'} />
        {text === null || text === undefined ? null : (
          <code title={text.length > longest ? visibleLine(text) : undefined}>
            {visibleLine(text.slice(0, longest))}
            {text.length > longest ? '…' : ''}
          </code>
        )}
      </span>
    );
  }
  if (!isHot) return null;
  const { total, own } = lines;
  return <>{figureCell(column, { total, own, row, whole: 0, unit: selection.unit })}</>;
}

/** How hot the line is, as a colour and as a height; the figures beside it say the same. */
function Heat({ lines, row, difference }: HeatProps) {
  const share = lines.hottest > 0 ? heat(lines.total, row, difference) / lines.hottest : 0;
  // Steps, so that neighbours that differ little look alike: 0 = cold, 5 = the hottest line.
  const step = share === 0 ? 0 : Math.max(1, Math.ceil(share * 5));
  const sign = difference && delta(lines.total, row) < 0 ? 'less' : 'more';
  return <span class={`heat heat-${step} ${sign}`} aria-hidden="true" />;
}

type HeatProps = {
  readonly lines: SourceLines;
  readonly row: number;
  readonly difference: boolean;
};

/** Characters of a line that are shown; minified files have lines of megabytes. */
const longest = 400;

function widthOf(lines: SourceLines): number {
  let width = 20;
  for (const text of lines.text) width = Math.max(width, Math.min(longest, text?.length ?? 0));
  return width;
}

const linesWithout: readonly string[] = ['share', 'count', 'growth', 'base', 'deltaCount'];

function sourceColumns(columns: readonly GridColumn[]): GridColumn[] {
  return columns.filter(({ id }) => !linesWithout.includes(id));
}

function startRow(lines: SourceLines, hot: Int32Array, line: number | null): number {
  const asked = line === null ? -1 : lines.line.indexOf(line);
  return asked >= 0 ? asked : (hot[0] ?? 0);
}

function frameAt(
  frames: { readonly file: Int32Array; readonly line: Int32Array; readonly length: number },
  file: number,
  line: number,
): number {
  for (let frame = 0; frame < frames.length; frame++) {
    if (frames.file[frame] === file && frames.line[frame] === line) return frame;
  }
  return -1;
}

/** `3/12`: row of the file's name, and a line; −1 and null where there is none. */
function readFocus(focus: string): [file: number, line: number | null] {
  const match = /^(\d{1,10})(?:\/(-?\d{1,10}))?$/.exec(focus);
  if (match === null) return [-1, null];
  return [Number(match[1]), match[2] === undefined ? null : Number(match[2])];
}
