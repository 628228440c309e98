import type { SnapshotData } from '@tracemalloc/core';
import type { Selection } from '../model.ts';
import { formatFigure, formatShare, framePlace, functionName } from '../text.ts';
import { childrenOf, type FlameLayout } from './flame-layout.ts';
import { Delta, Name } from './parts.tsx';

type FlameDetailsProps = {
  readonly data: SnapshotData;
  readonly layout: FlameLayout;
  readonly node: number;
  readonly selection: Selection;
};

/** A bar's name and figures. */
export function FlameDetails({ data, layout, node, selection }: FlameDetailsProps) {
  const { unit } = selection;
  const frame = layout.tree.frame[node]!;
  const { now, base, own, ownBase } = layout;
  return (
    <>
      <p class="flame-name">
        {frame < 0 ? (
          'all'
        ) : (
          <>
            {functionName(data, frame) && (
              <strong>
                <Name text={functionName(data, frame)} />
              </strong>
            )}
            <Name text={framePlace(data, frame)} />
          </>
        )}
      </p>
      <dl class="flame-figures">
        <div>
          <dt>Total</dt>
          <dd>
            {formatFigure(now[node]!, unit)} <small>{formatShare(now[node]!, now[0]!)}</small>
            {base && <Delta value={now[node]! - base[node]!} unit={unit} />}
          </dd>
        </div>
        <div>
          <dt>Own</dt>
          <dd>
            {formatFigure(own[node]!, unit)} <small>{formatShare(own[node]!, now[0]!)}</small>
            {ownBase && <Delta value={own[node]! - ownBase[node]!} unit={unit} />}
          </dd>
        </div>
        <div>
          <dt>Blocks</dt>
          <dd>{formatFigure(layout.count[node]!, 'blocks')}</dd>
        </div>
        <div>
          <dt>{selection.inverted ? 'Callers' : 'Callees'}</dt>
          <dd>{formatFigure(childrenOf(layout, node).length, 'blocks')}</dd>
        </div>
      </dl>
    </>
  );
}
