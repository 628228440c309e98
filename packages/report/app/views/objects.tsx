import '../styles/objects.css';
import { type HeapGraph, selectObjects } from '@tracemalloc/core/graph';
import { useMemo, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';
import { type GroupKind, groupKinds, objectGroups } from '../rows/objects.ts';
import { visible } from '../text.ts';
import { ObjectDetails } from './object-details.tsx';
import { ObjectGroupGrid } from './object-groups.tsx';
import { ObjectMap } from './object-map.tsx';
import { Empty } from './parts.tsx';
import { useFocus } from './use-focus.ts';

/** Who holds what: objects in groups or as a map, and one of them among its neighbours. */
export function ObjectsView(props: ViewProps) {
  const { graph } = props.model;
  if (graph === null) {
    return (
      <Empty title="This page does not carry the graph of the objects.">
        <p>
          It does for up to 300,000 objects, and not for snapshots that were filtered or merged. The
          snapshot itself answers: <code>tracemalloc holders FILE TYPE</code>, <code>retained</code>
          , <code>cycles</code>.
        </p>
      </Empty>
    );
  }
  return <Objects {...props} graph={graph} />;
}

type GraphProps = ViewProps & { readonly graph: HeapGraph };

const shapes = [...groupKinds, 'map'] as const;
type Shape = (typeof shapes)[number];

const shapeTitles: Readonly<Record<Shape, readonly [title: string, hint: string]>> = {
  type: ['Type', 'Objects of a type'],
  line: ['Line', 'Objects that were born at a line'],
  holder: ['Holder', 'Objects that are held in the same way, on the shortest way to them'],
  root: ['Root', 'Objects that the same module or frame leads to, on the shortest way to them'],
  map: ['Map', 'All objects as areas: a tile is what would be free without its object'],
};

function Objects(props: GraphProps) {
  const { graph, selection, figures, update, model } = props;
  const [focus, setFocus] = useFocus(props);
  const { shape, object } = readFocus(focus, graph.length);
  const [words, setWords] = useState('');
  const found = useMemo(() => shownObjects(props, words), [graph, figures.keep, words]);
  const kind: GroupKind = shape === 'map' ? 'type' : shape;
  const groups = useMemo(
    () => objectGroups(graph, kind, found.isShown),
    [graph, kind, found.isShown],
  );
  const first = groups.length === 0 ? -1 : groups.members(0)[0]!;
  const picked = object >= 0 ? object : first;
  const pick = (next: number): void => setFocus(`${shape}/${next}`);
  return (
    <section class="view objects-view" aria-label="Objects">
      <div class="side">
        <div class="view-bar">
          <fieldset class="segments">
            <legend>Group by</legend>
            {shapes.map((each) => (
              <label key={each} title={shapeTitles[each][1]}>
                <input
                  type="radio"
                  name="objects-by"
                  checked={each === shape}
                  onChange={() => setFocus(`${each}/${object < 0 ? '' : object}`)}
                />
                <span>{shapeTitles[each][0]}</span>
              </label>
            ))}
          </fieldset>
          {shape !== 'map' && (
            <input
              type="search"
              class="row-filter"
              aria-label="Objects: a type, FILE:LINE, held-by:NAME; & | -"
              title="A type, FILE:LINE where it was born, file:NAME, held-by:NAME; several with & | and -"
              placeholder="dict & app.py:3 - held-by:cache"
              aria-invalid={found.error !== ''}
              value={words}
              onInput={(event) => {
                setWords(event.currentTarget.value);
                // The first of what is found is shown.
                setFocus(`${shape}/`);
              }}
            />
          )}
          {found.error !== '' && (
            <p class="object-error" role="status">
              {visible(found.error)}
            </p>
          )}
        </div>
        {shape === 'map' ? (
          <ObjectMap graph={graph} object={picked} onPick={pick} />
        ) : groups.length === 0 ? (
          <Empty title="No object is of that kind.">
            <p>Filters look at the line that an object was born at.</p>
          </Empty>
        ) : (
          <ObjectGroupGrid
            key={`${shape} ${words}`}
            graph={graph}
            model={model}
            kind={kind}
            groups={groups}
            pick={pick}
          />
        )}
      </div>
      {picked < 0 ? (
        <Empty title="No object is picked." />
      ) : (
        <ObjectDetails
          graph={graph}
          object={picked}
          model={model}
          update={update}
          onPick={pick}
          key={selection.view}
        />
      )}
    </section>
  );
}

type ShownObjects = { readonly isShown: Uint8Array; readonly error: string };

/** The objects that the page's filters and the view's own leave. */
function shownObjects({ graph, selection, figures }: GraphProps, words: string): ShownObjects {
  const { fileGlob, domain, type, label, functionName } = selection;
  const isFiltered = [fileGlob, type, label, functionName].some(Boolean) || domain !== null;
  const passes = graph.data.objects.site.map((site) =>
    site < 0 ? Number(!isFiltered) : figures.keep[site]!,
  );
  const isShown = Uint8Array.from(passes);
  if (words.trim() === '') return { isShown, error: '' };
  try {
    const chosen = new Uint8Array(graph.length);
    for (const object of selectObjects(graph, words)) chosen[object] = isShown[object]!;
    return { isShown: chosen, error: '' };
  } catch (error) {
    // Half a sentence while somebody is typing: what was there stays.
    return { isShown, error: (error as Error).message };
  }
}

/** `line/12`: how objects are grouped, and which one is picked; −1 = none. */
function readFocus(focus: string, length: number): { shape: Shape; object: number } {
  const [asked, row] = focus.split('/');
  const object = row !== undefined && /^\d{1,10}$/.test(row) ? Number(row) : -1;
  return {
    shape: shapes.find((each) => each === asked) ?? 'type',
    object: object < length ? object : -1,
  };
}
