import type { SnapshotData } from '@tracemalloc/core';
import type { Place } from '@tracemalloc/core/analysis';
import { useMemo, useState } from 'preact/hooks';
import { type Finding, type FindingPart, findingsOf } from '../src/findings/index.ts';
import type { Selection, ViewProps } from './model.ts';
import { formatFigure, frameLabel, middle, visible } from './text.ts';

type FindingsProps = Pick<ViewProps, 'model' | 'update'>;

/** What to know first, in sentences with links to where it is seen. */
export function Findings({ model, update }: FindingsProps) {
  const { data, base } = model.joined;
  const found = useMemo(() => findingsOf(data, base === null ? [] : [base]), [data, base]);
  const [isOpen, setIsOpen] = useState(opensWide);
  return (
    <details
      class="findings"
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>
        Findings <span class="hint">{found.length}</span>
      </summary>
      <ul>
        {found.map((finding) => (
          <li key={finding.parts.map((part) => JSON.stringify(part)).join('')}>
            <Sentence finding={finding} model={model} update={update} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** In a small window the views need the room. */
function opensWide(): boolean {
  return window.innerWidth > 760 && window.innerHeight > 560;
}

type SentenceProps = FindingsProps & { readonly finding: Finding };

function Sentence({ finding, model, update }: SentenceProps) {
  const { metric, isDifference, advice } = finding;
  const figures: Partial<Selection> = {
    // A metric that one of two snapshots lacks can't be shown; the place can.
    ...(model.metrics.includes(metric) ? { metric } : {}),
    mode: isDifference && model.joined.base !== null ? 'difference' : 'now',
    // They are of the whole run.
    range: '',
  };
  const view = viewOf(finding);
  return (
    <>
      {finding.parts.map((part, index) => (
        <Part
          key={index}
          part={part}
          data={model.joined.data}
          onFrame={(frame) => update({ ...figures, view: 'sandwich', focus: `line/${frame}` })}
        />
      ))}
      {'. '}
      {advice !== null && <span class="hint">{`→ ${advice}. `}</span>}
      {view !== null && (
        <button type="button" class="link" onClick={() => update({ ...figures, ...view })}>
          show
        </button>
      )}
    </>
  );
}

type PartProps = {
  readonly part: FindingPart;
  readonly data: SnapshotData;
  readonly onFrame: (frame: number) => void;
};

function Part({ part, data, onFrame }: PartProps) {
  if (typeof part === 'string') return <>{part}</>;
  if ('bytes' in part) return <b>{formatFigure(part.bytes, 'bytes')}</b>;
  if ('name' in part) return <bdi class="guest-name">{middle(visible(part.name))}</bdi>;
  const frame = frameOf(data, part.place);
  if (frame < 0) return <bdi class="guest-name">{visible(part.place.filename)}</bdi>;
  const label = frameLabel(data, frame);
  return (
    <button
      type="button"
      class="link guest-name"
      title={`${label}: who calls it`}
      onClick={() => onFrame(frame)}
    >
      <bdi>{middle(label, 60)}</bdi>
    </button>
  );
}

/** A frame of the place; −1 = none, as of what no frame allocated. */
function frameOf({ frames, strings }: SnapshotData, place: Place): number {
  for (let frame = 0; frame < frames.length; frame++) {
    if (
      frames.line[frame] === place.lineno &&
      strings[frames.file[frame]!] === place.filename &&
      strings[frames.functionName[frame]!] === place.functionName
    ) {
      return frame;
    }
  }
  return -1;
}

/** Where all of a finding is seen, beyond the lines it names. */
function viewOf({ kind }: Finding): Partial<Selection> | null {
  switch (kind) {
    case 'growth':
      return { view: 'table', focus: 'line/deltaOwn/descending' };
    case 'few-lines':
    case 'library':
      return { view: 'table', focus: 'line/own/descending' };
    case 'peak':
    case 'imports':
      return { view: 'flame', focus: '' };
    case 'temporary':
      return { view: 'table', unit: 'blocks', focus: 'line/own/descending' };
    case 'type':
      return { view: 'types', focus: '' };
    default:
      return null;
  }
}
