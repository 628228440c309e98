import type { HeapGraph } from '@tracemalloc/core/graph';
import { pathText, rootText, stepText } from '@tracemalloc/core/graph';
import type { ViewProps } from '../model.ts';
import { formatFigure, middle, visible, visibleLine } from '../text.ts';
import { ObjectPicture } from './object-picture.tsx';
import { bornAt, objectName, objectType } from './object-text.ts';
import { Name } from './parts.tsx';

type DetailsProps = Pick<ViewProps, 'model' | 'update'> & {
  readonly graph: HeapGraph;
  readonly object: number;
  readonly onPick: (object: number) => void;
};

/** One object: what it costs, where it was born, who holds it, and why it lives. */
export function ObjectDetails(props: DetailsProps) {
  const { graph, object, model, update } = props;
  const born = bornAt(model, graph, object);
  const holders = graph.holdersOf(object).length;
  const { edgeOffset } = graph.data.objects;
  const holds = edgeOffset[object + 1]! - edgeOffset[object]!;
  const figures: readonly (readonly [string, string, string])[] = [
    ['Own', formatFigure(graph.sizeOf(object), 'bytes'), 'bytes of the object itself'],
    [
      'Retains',
      formatFigure(graph.retainedOf(object), 'bytes'),
      'bytes that would be free without it',
    ],
    ['Held by', formatFigure(holders, 'blocks'), 'references to it'],
    ['Holds', formatFigure(holds, 'blocks'), 'references to others'],
  ];
  return (
    <div class="object-details">
      <div class="filling">
        <h2>
          <span class="object-text">
            <bdi>{objectType(graph, object)}</bdi>{' '}
            <bdi class="hint">{middle(objectName(graph, object), 60)}</bdi>
          </span>
          {born !== null && (
            <button
              type="button"
              class="button"
              onClick={() => update({ view: 'source', focus: born.focus })}
            >
              Show source
            </button>
          )}
        </h2>
        <dl class="figures">
          {figures.map(([name, value, hint]) => (
            <div key={name} title={hint}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <p class="object-born">
          {born === null ? (
            <span class="hint">Nobody saw where it was born.</span>
          ) : (
            <>
              born at <Name text={born.place} /> <code>{visibleLine(born.code)}</code>
            </>
          )}
        </p>
      </div>
      <section aria-labelledby="object-picture-title">
        <h3 id="object-picture-title">Who holds it, and what it holds</h3>
        <ObjectPicture graph={graph} object={object} onPick={props.onPick} />
      </section>
      <Why {...props} />
    </div>
  );
}

/** Steps of a long way that are shown at its start and at its end. */
const shownSteps = 8;

/** The shortest way from a root, each object with the line it was born at. */
function Why({ graph, object, model, onPick }: DetailsProps) {
  const path = graph.pathTo(object);
  if (path === null) return <p class="hint object-why">No root reaches it.</p>;
  const steps = [
    { how: rootText(path.root), held: path.first },
    ...path.steps.map((step) => ({
      how: stepText(step, graph.typeOf(step.holder)),
      held: step.held,
    })),
  ];
  const isLong = steps.length > 2 * shownSteps + 1;
  const gap = isLong ? steps.length - 2 * shownSteps : 0;
  return (
    <section class="object-why" aria-labelledby="object-why-title">
      <h3 id="object-why-title">Why it lives</h3>
      <ol title={isLong ? undefined : visible(pathText(graph, path))}>
        {steps.map(({ how, held }, index) => {
          if (gap > 0 && index === shownSteps) {
            return <li key="gap" class="hint">{`… ${formatFigure(gap, 'blocks')} steps more`}</li>;
          }
          if (gap > 0 && index > shownSteps && index < shownSteps + gap) return null;
          const born = bornAt(model, graph, held);
          return (
            <li key={held}>
              <bdi class="object-how" title={visible(how)}>
                {middle(visible(how), 80)}
              </bdi>
              {' → '}
              {held === object ? (
                <b>{objectType(graph, held)}</b>
              ) : (
                <button type="button" class="link" onClick={() => onPick(held)}>
                  {objectType(graph, held)}
                </button>
              )}
              {born !== null && (
                <span class="object-line">
                  <span class="hint">
                    <Name text={born.place} />
                  </span>{' '}
                  <code>{visibleLine(born.code)}</code>
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
