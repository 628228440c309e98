import type { ReportModel } from '../model.ts';
import type { Grouping } from '../rows/grouping.ts';
import { delta } from '../rows/sums.ts';
import { average, type SortKey, type TableRows, temporaryShare } from '../rows/table.ts';
import { cutNote } from '../rows/table-lines.ts';
import { estimateAt, estimatedDelta } from '../spread.ts';
import {
  formatFigure,
  formatGrowth,
  formatShare,
  framePlace,
  functionName,
  type Unit,
  visibleLine,
} from '../text.ts';
import { Bar, Delta, Figure, Name, Twisty } from './parts.tsx';
import { cutText, stackOf } from './stack-dialog.tsx';
import type { Tracebacks } from './use-tracebacks.ts';

type TableCellProps = {
  readonly model: ReportModel;
  readonly grouping: Grouping;
  readonly rows: TableRows;
  readonly stacks: Tracebacks;
  /** Of the line. */
  readonly index: number;
  readonly column: SortKey | 'share';
  readonly unit: Unit;
  readonly whole: number;
  readonly largest: number;
};

/** A figure of a row or its name; of a line below it the frame. */
export function TableCell(props: TableCellProps) {
  const { model, grouping, rows, stacks, index, column, unit, whole, largest } = props;
  const row = stacks.lines.row[index]!;
  if (stacks.lines.below[index] !== 0) {
    return (
      <FrameLine model={model} frame={stacks.lines.frame[index]!} traceback={stacks.at(index)} />
    );
  }
  switch (column) {
    case 'label': {
      const change = rows.own.base === null ? 0 : delta(rows.own, row);
      const frame = grouping.frame[stacks.groupAt(index)]!;
      const code = grouping.by === 'line' ? visibleLine(model.lineOf(frame)) : '';
      const part = rows.own.base === null ? rows.own.now[row]! : Math.abs(change);
      return (
        <span class="with-bar">
          {grouping.by === 'traceback' && (
            <Twisty isOpen={stacks.isOpen(index)} onToggle={() => stacks.toggle(index)} />
          )}
          <Bar part={part} whole={largest} sign={change} />
          {grouping.by === 'traceback' ? (
            <Calls text={rows.label[row]!} />
          ) : (
            <Name text={rows.label[row]!} />
          )}
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

/** The calls of a traceback by the names of their files alone; the title has their folders. */
function Calls({ text }: { readonly text: string }) {
  const places = text.split(' ← ').map((place) => place.replace(folders, ''));
  return (
    <span class="name" title={text}>
      <bdi>
        <span>{places.join(' ← ')}</span>
      </bdi>
    </span>
  );
}

/** What a file needs not, to be told from others; `__init__.py` needs one folder. */
const folders = /^.*[\\/](?=[^\\/]+[\\/]__init__\.py|(?!__init__\.py)[^\\/]+$)/;

type FrameLineProps = {
  readonly model: ReportModel;
  /** Or {@link cutNote}. */
  readonly frame: number;
  readonly traceback: number;
};

/** A frame of a traceback, with its source. */
function FrameLine({ model, frame, traceback }: FrameLineProps) {
  const { data } = model.joined;
  if (frame === cutNote) {
    return <span class="frame-line hint">{cutText(stackOf(data, traceback).cut)}</span>;
  }
  const code = visibleLine(model.lineOf(frame));
  return (
    <span class="with-bar frame-line">
      <Name text={`${framePlace(data, frame)} ${functionName(data, frame)}`.trimEnd()} />
      {code !== '' && <code class="row-code">{code}</code>}
    </span>
  );
}
