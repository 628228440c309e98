import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import type { Figures, ReportModel, Selection, ViewProps } from '../model.ts';
import { typeLabel } from '../rows/grouping.ts';
import { estimateAt, estimatedDelta } from '../spread.ts';
import {
  formatFigure,
  formatShare,
  frameLabel,
  framePlace,
  functionName,
  middle,
  visibleLine,
} from '../text.ts';
import { childrenOf, type FlameLayout, pathTo } from './flame-layout.ts';
import { typesBelow } from './flame-types.ts';
import { Delta, Figure, Name } from './parts.tsx';
import { type Stack, StackDialog, stackText } from './stack-dialog.tsx';

export type FlameDetailsProps = {
  readonly model: ReportModel;
  readonly figures: Figures;
  readonly layout: FlameLayout;
  readonly node: number;
  readonly selection: Selection;
  /** At the end of the name's line. */
  readonly children?: ComponentChildren;
};

/** A bar's name, code and figures. */
export function FlameDetails(props: FlameDetailsProps) {
  const { model, layout, node, selection, children } = props;
  const { data } = model.joined;
  const { unit } = selection;
  const frame = layout.tree.frame[node]!;
  const { now, base, own, total } = layout;
  const whole = now[0]!;
  const code = frame < 0 ? '' : visibleLine(model.lineOf(frame));
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
        {children}
      </p>
      {code !== '' && <code class="flame-code">{code}</code>}
      <dl class="flame-figures">
        <div>
          <dt>Total</dt>
          <dd>
            <Figure estimate={estimateAt(total, node, 'now')} unit={unit} />{' '}
            <small>{formatShare(now[node]!, whole)}</small>
            {base && <Delta estimate={estimatedDelta(total, node, 'now')} unit={unit} />}
          </dd>
        </div>
        <div>
          <dt>Own</dt>
          <dd>
            <Figure estimate={estimateAt(own, node, 'now')} unit={unit} />{' '}
            <small>{formatShare(own.now[node]!, whole)}</small>
            {base && <Delta estimate={estimatedDelta(own, node, 'now')} unit={unit} />}
          </dd>
        </div>
        <div>
          <dt>Total blocks</dt>
          <dd>
            <Figure estimate={estimateAt(total, node, 'count')} unit="blocks" />
          </dd>
        </div>
        <div>
          <dt>{selection.inverted ? 'Callers' : 'Callees'}</dt>
          <dd>{formatFigure(childrenOf(layout, node).length, 'blocks')}</dd>
        </div>
        <TypeMix {...props} />
      </dl>
    </>
  );
}

const typesShown = 3;

function TypeMix({ model, figures, layout, node }: FlameDetailsProps) {
  const { data } = model.joined;
  const types = typesBelow(data, layout.tree, figures, node);
  if (types.length === 0 || (types.length === 1 && data.strings[types[0]!.type] === ''))
    return null;
  const shown = types
    .slice(0, typesShown)
    .map(
      ({ type, size }) =>
        `${middle(typeLabel(data, type), 24)} ${formatShare(size, layout.now[node]!)}`,
    );
  const rest = types.length - shown.length;
  return (
    <div>
      <dt>Types</dt>
      <dd>{shown.join(' · ') + (rest > 0 ? ` · ${rest} more` : '')}</dd>
    </div>
  );
}

const callersInTip = 8;

/** The nearest callers with their code, for the tip. */
export function TipStack({ model, layout, node }: FlameDetailsProps) {
  const { data } = model.joined;
  const above = pathTo(layout, node).slice(1, -1);
  if (above.length === 0) return null;
  return (
    <ol class="flame-stack">
      {above.slice(0, callersInTip).map((at) => {
        const frame = layout.tree.frame[at]!;
        return (
          <li key={at}>
            {middle(frameLabel(data, frame), 70)}
            <code>{middle(visibleLine(model.lineOf(frame)), 70)}</code>
          </li>
        );
      })}
      {above.length > callersInTip && <li>{above.length - callersInTip} more</li>}
    </ol>
  );
}

type FlameActionsProps = FlameDetailsProps & Pick<ViewProps, 'update'>;

/** Where one goes from a bar. */
export function FlameActions({ model, layout, node, selection, update }: FlameActionsProps) {
  const [stack, setStack] = useState<Stack | null>(null);
  const [copied, setCopied] = useState(false);
  const { data } = model.joined;
  const frame = layout.tree.frame[node]!;
  if (frame < 0 || frame >= data.frames.length) return null;
  const stackHere = (): Stack => {
    const frames = pathTo(layout, node).map((at) => layout.tree.frame[at]!);
    const known = frames.filter((row) => row >= 0 && row < data.frames.length);
    const oldestFirst = selection.inverted ? known : known.reverse();
    return { frames: oldestFirst, cut: 0 };
  };
  const copy = async (): Promise<void> => setCopied(await copyText(stackText(model, stackHere())));
  const { file, line } = data.frames;
  const source = () => update({ view: 'source', focus: `${file[frame]}/${line[frame]}` });
  const actions: readonly (readonly [title: string, hint: string, act: () => void])[] = [
    ['Source', 'The line in its file', source],
    [
      'Callers',
      'Who calls the line, and what it calls',
      () => update({ view: 'sandwich', focus: `line/${frame}` }),
    ],
    ['Traceback', 'The whole stack with its source', () => setStack(stackHere())],
    [copied ? 'Copied' : 'Copy traceback', 'The stack as text, to the clipboard', copy],
    [
      'Filter to this',
      'Only what this file allocated',
      () => update({ fileGlob: data.strings[file[frame]!]! }),
    ],
  ];
  return (
    <span class="flame-actions">
      {actions.map(([title, hint, act]) => (
        <button type="button" class="button" key={hint} title={hint} onClick={act}>
          {title}
        </button>
      ))}
      {stack !== null && <StackDialog {...stack} model={model} onClose={() => setStack(null)} />}
    </span>
  );
}
