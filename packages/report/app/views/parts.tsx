import type { ComponentChildren } from 'preact';
import type { Selection } from '../model.ts';
import type { Sums } from '../rows/sums.ts';
import { type Estimate, estimateAt, estimatedDelta, isWide } from '../spread.ts';
import {
  formatDelta,
  formatFigure,
  formatGrowth,
  formatShare,
  middle,
  type Unit,
} from '../text.ts';
import type { GridColumn } from './grid.tsx';

/** What comes before a path's folders, those, and the rest. */
const aroundFolders = /^(.*\s)?(\S{3,}[\\/])([^\\/]*)$/s;
/** `<frozen importlib._bootstrap>`, and what tells its lines apart. */
const aroundFile = /^(.{8,}?)(:\d+(?:\s.*)?)$/s;

/**
 * A name of the guest: as text, its direction its own, shortened in the middle. Without room its
 * folders are cut first, and its line number last.
 */
export function Name({ text, length = 120 }: { readonly text: string; readonly length?: number }) {
  const shown = middle(text, length);
  const [, before = '', folders = '', rest = shown] = aroundFolders.exec(shown) ?? [];
  const [, file = '', end = rest] = (folders === '' && aroundFile.exec(rest)) || [];
  return (
    <span class="name" title={text}>
      <bdi>
        {before !== '' && <span>{before}</span>}
        {folders !== '' && <span class="name-head name-folders">{folders}</span>}
        {file !== '' && <span class="name-head">{file}</span>}
        <span>{end}</span>
      </bdi>
    </span>
  );
}

type FigureProps = { readonly estimate: Estimate; readonly unit: Unit };

/** A figure; of what was sampled with how far it may be off, grey and hatched where that is much. */
export function Figure({ estimate, unit }: FigureProps) {
  return <Reach estimate={estimate} unit={unit} text={formatFigure(estimate.value, unit)} />;
}

/** A difference; its colour says nothing that the sign and the glyph do not. */
export function Delta({ estimate, unit }: FigureProps) {
  const { value } = estimate;
  const kind = value > 0 ? 'more' : value < 0 ? 'less' : 'same';
  return (
    <span class={`delta ${kind}`}>
      <Reach estimate={estimate} unit={unit} text={formatDelta(value, unit)} />
    </span>
  );
}

function Reach({ estimate, unit, text }: FigureProps & { readonly text: string }) {
  const { value, low, high } = estimate;
  if (low === high) return <>{text}</>;
  const ends = [low, high].map(
    (end) => `${end < 0 ? '−' : ''}${formatFigure(Math.abs(end), unit)}`,
  );
  return (
    <span
      class={isWide(estimate) ? 'estimate wide' : 'estimate'}
      title={`${ends.join(' to ')}, with 95 % confidence`}
    >
      {text} <small>±{formatFigure(high - value, unit)}</small>
    </span>
  );
}

type BarProps = { readonly part: number; readonly whole: number; readonly sign?: number };

/** A share as a bar, beside a figure that says the same. */
export function Bar({ part, whole, sign = 0 }: BarProps) {
  const share = whole > 0 ? Math.max(0, Math.min(1, part / whole)) : 0;
  const kind = sign > 0 ? 'more' : sign < 0 ? 'less' : '';
  return (
    <span class="bar" aria-hidden="true">
      <span class={`bar-fill ${kind}`} style={{ width: `${(share * 100).toFixed(2)}%` }} />
    </span>
  );
}

type TwistyProps = {
  /** Undefined: there is nothing to open. */
  readonly isOpen: boolean | undefined;
  readonly onToggle: () => void;
};

/** What opens and closes a row with the pointer; the keyboard has its arrows. */
export function Twisty({ isOpen, onToggle }: TwistyProps) {
  return (
    <span
      aria-hidden="true"
      class="twisty"
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      {isOpen === undefined ? '' : isOpen ? '▾' : '▸'}
    </span>
  );
}

type EmptyProps = { readonly title: string; readonly children?: ComponentChildren };

/** Why there is nothing here, and what to do. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="empty" role="status">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** The empty state that most views share: filters, no change, or a metric that is zero everywhere. */
export function NothingLeft({ selection, update }: NothingLeftProps) {
  const { fileGlob, domain, type, functionName, mode, metric, range } = selection;
  const isFiltered = fileGlob !== '' || domain !== null || type !== '' || functionName !== '';
  if (isFiltered) {
    return (
      <Empty title={`No ${mode === 'now' ? 'allocation' : 'change'} passes the filters.`}>
        <p>Filters look at the line that allocated. Loosen them, or show everything.</p>
        <button
          type="button"
          class="button"
          onClick={() => update({ fileGlob: '', domain: null, type: '', functionName: '' })}
        >
          Clear the filters
        </button>
      </Empty>
    );
  }
  if (mode === 'difference') {
    return (
      <Empty title="Nothing changed.">
        <p>
          {range === ''
            ? `The two snapshots count the same as “${metric}”, line by line.`
            : 'Line by line, as much lived at the end of the range as at its beginning.'}
        </p>
        <button type="button" class="button" onClick={() => update({ mode: 'now' })}>
          {range === '' ? 'Show what is there now' : 'Show what is in the range'}
        </button>
      </Empty>
    );
  }
  if (range !== '') {
    return (
      <Empty title="No memory is counted in this part of the run.">
        <button type="button" class="button" onClick={() => update({ range: '' })}>
          Show the whole run
        </button>
      </Empty>
    );
  }
  return (
    <Empty title={`No memory is counted as “${metric}” here.`}>
      <p>
        The snapshot has no blocks of that kind. Choose another metric above; for “live”, take the
        snapshot while the program still holds its data.
      </p>
    </Empty>
  );
}

type NothingLeftProps = {
  readonly selection: Selection;
  readonly update: (change: Partial<Selection>) => void;
};

/** Columns wide enough for figures that say how far they may be off. */
export function widened<Column extends GridColumn>(
  columns: readonly Column[],
  isEstimate: boolean,
): Column[] {
  const more = isEstimate ? 76 : 0;
  return columns.map((column) =>
    column.width === undefined || column.id === 'share'
      ? column
      : { ...column, width: column.width + more },
  );
}

type FigureColumnsOptions = { readonly own?: boolean; readonly isEstimate?: boolean };

/** The columns of figures that tree, sandwich, source and types have in common. */
export function figureColumns(
  { mode, unit, metric }: Selection,
  { own = true, isEstimate = false }: FigureColumnsOptions = {},
): GridColumn[] {
  const what = unit === 'bytes' ? 'bytes' : 'blocks';
  const numeric = (id: string, label: string, width: number, title: string): GridColumn => ({
    id,
    label,
    width,
    title,
    numeric: true,
  });
  if (mode === 'difference') {
    const columns = [
      numeric('delta', 'Δ Total', 132, `${what} (${metric}) more or fewer than in the base`),
      numeric('growth', 'Δ %', 84, 'of what the base had'),
      numeric('deltaCount', 'Δ Blocks', 112, 'blocks more or fewer than in the base'),
      numeric('total', 'Total', 96, `${what} (${metric}) now`),
      numeric('base', 'Base', 96, `${what} (${metric}) in the base`),
    ].filter((column) => unit === 'bytes' || column.id !== 'deltaCount');
    return widened(columns, isEstimate);
  }
  const columns = [
    numeric('total', 'Total', 96, `${what} (${metric}) allocated here and in what it calls`),
    numeric('share', '%', 84, 'of everything that passes the filters'),
    numeric('count', own ? 'Total blocks' : 'Blocks', 100, 'blocks, here and in what it calls'),
    numeric('own', 'Own', 96, `${what} (${metric}) allocated here itself`),
  ].filter((column) => (own || column.id !== 'own') && (unit === 'bytes' || column.id !== 'count'));
  return widened(columns, isEstimate);
}

export type FigureSource = {
  readonly total: Sums;
  readonly own?: Sums;
  readonly row: number;
  /** What shares are of. */
  readonly whole: number;
  readonly unit: Unit;
};

/** A cell of {@link figureColumns}; null = the column is not one of them. */
export function figureCell(column: string, source: FigureSource): ComponentChildren {
  const { total, own = total, row, whole, unit } = source;
  switch (column) {
    case 'total':
      return <Figure estimate={estimateAt(total, row, 'now')} unit={unit} />;
    case 'share':
      return formatShare(total.now[row]!, whole);
    case 'own':
      return <Figure estimate={estimateAt(own, row, 'now')} unit={unit} />;
    case 'count':
      return <Figure estimate={estimateAt(total, row, 'count')} unit="blocks" />;
    case 'delta':
      return <Delta estimate={estimatedDelta(total, row, 'now')} unit={unit} />;
    case 'growth':
      return formatGrowth(total.now[row]!, total.base?.[row] ?? 0);
    case 'deltaCount':
      return <Delta estimate={estimatedDelta(total, row, 'count')} unit="blocks" />;
    case 'base':
      return <Figure estimate={estimateAt(total, row, 'base')} unit={unit} />;
    default:
      return null;
  }
}
