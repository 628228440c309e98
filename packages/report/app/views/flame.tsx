import '../styles/flame.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';
import { reportTree } from '../rows/report-tree.ts';
import { isBadPattern, matchingFrames } from '../search.ts';
import { estimateAt } from '../spread.ts';
import { estimateText, formatFigure, formatShare, middle, visible } from '../text.ts';
import { paletteOfPage } from './flame-canvas.ts';
import { colorsOf, kindsOf, type LegendEntry, type Rgb } from './flame-colors.ts';
import { FlameActions, FlameDetails, type FlameDetailsProps, TipStack } from './flame-details.tsx';
import { focusOf, nextMatch, nodeAfterKey, zoomsOf, zoomsWith } from './flame-keys.ts';
import { labelsOf } from './flame-labels.ts';
import { type FlameLayout, type Found, layoutOf, searchNodes } from './flame-layout.ts';
import { FlameTree } from './flame-tree.tsx';
import { NothingLeft } from './parts.tsx';
import { type Hovered, useCanvas } from './use-flame-canvas.ts';
import { useNextMatch } from './use-next-match.ts';

/** The call tree as bars, callers above: a bar is as wide as what its node and all below it hold. */
export function FlameView(props: ViewProps) {
  const { model, selection, figures, update } = props;
  const { data } = model.joined;
  const tree = reportTree(data, selection.inverted);
  const layout = layoutOf(tree, figures);
  if (!(layout.width[0]! > 0)) return <NothingLeft selection={selection} update={update} />;
  // A tree of its own has rows of its own, which a selected row means nothing in.
  const key = `${selection.inverted}${selection.code}${selection.isOnce}`;
  return <Flame key={key} {...props} layout={layout} />;
}

type FlameProps = ViewProps & { readonly layout: FlameLayout };

function Flame({ model, selection, figures, update, layout }: FlameProps) {
  const { data } = model.joined;
  const zooms = zoomsOf(layout, selection.focus);
  const zoom = zooms.at(-1) ?? 0;
  const [chosen, setSelected] = useState(zoom);
  const selected = layout.width[chosen]! > 0 ? chosen : zoom;
  const { kinds, legend } = useMemo(() => kindsOf(layout, data), [layout, data]);
  const { search, isFlipped } = selection;
  const found = useMemo(() => {
    const has = matchingFrames(model, search);
    return has && searchNodes(layout, has);
  }, [layout, model.lineOf, search]);
  const { label, labels } = useMemo(() => labelsOf(layout, model), [layout, model]);
  const { canvas, elements, hovered } = useCanvas();
  useEffect(() => {
    canvas.current?.show({ layout, labels, kinds, zoom, found, selected, isFlipped });
  });
  const zoomTo = (nodes: readonly number[]) => {
    update({ focus: focusOf(layout, nodes) });
    canvas.current?.showZoom();
  };
  // Keys may come faster than renders: each starts where the last one led.
  const latest = useRef(selected);
  latest.current = selected;
  const select = (node: number) => {
    latest.current = node;
    setSelected(node);
    canvas.current?.reveal(node);
  };
  const choose = (node: number) => {
    select(node);
    zoomTo(zoomsWith(layout, zooms, node));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nodeAfterKey(layout, latest.current, event.key, { found, isFlipped });
    if (next !== null) select(next);
    else if (event.key === 'Enter') choose(latest.current);
    else if (event.key === 'Escape' && zooms.length > 0) zoomTo(zooms.slice(0, -1));
    else if (event.key === '0') zoomTo([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  useNextMatch((back) => select(nextMatch(found, latest.current, back ? -1 : 1)));
  const details = { model, figures, layout, selection };
  const items = useMemo(() => {
    const describe = (node: number) =>
      `${label(node)}, ${estimateText(estimateAt(layout.total, node, 'now'), selection.unit)}, ${formatShare(layout.width[node]!, layout.width[0]!)}`;
    return <FlameTree layout={layout} selected={selected} describe={describe} />;
  }, [layout, label, selected, selection.unit]);
  return (
    <section class="flame">
      <FlameBar
        layout={layout}
        label={label}
        zooms={zooms}
        zoomTo={zoomTo}
        found={found}
        legend={legend}
        selection={selection}
        update={update}
      />
      <div ref={elements.map} class="flame-map" aria-hidden="true">
        <canvas ref={elements.mapCanvas} />
        <div ref={elements.mapWindow} class="flame-window" />
      </div>
      <div
        ref={elements.box}
        class="flame-box"
        role="tree"
        tabIndex={0}
        data-main
        aria-label={selection.inverted ? 'Flame graph, inverted' : 'Flame graph'}
        aria-activedescendant={`flame-${selected}`}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const node = canvas.current?.nodeAt(event) ?? -1;
          if (node >= 0) choose(node);
        }}
      >
        <div ref={elements.rows} class="flame-rows" aria-hidden="true">
          <canvas ref={elements.canvas} />
          <div ref={elements.selectedMark} class="flame-mark selected" hidden />
          <div ref={elements.hoveredMark} class="flame-mark hovered" hidden />
        </div>
        <div class="hidden-text" role="presentation">
          {items}
        </div>
      </div>
      <aside class="flame-details" aria-label="Details">
        <FlameDetails {...details} node={selected}>
          <FlameActions {...details} node={selected} update={update} />
        </FlameDetails>
      </aside>
      <div ref={elements.tip} class="flame-tip" aria-hidden="true" hidden>
        <Tip {...details} hovered={hovered} />
      </div>
    </section>
  );
}

/** What the colours of bars say: whose code it is. */
function Legend({ legend }: { readonly legend: readonly LegendEntry[] }) {
  const [palette, setPalette] = useState(paletteOfPage);
  useEffect(() => {
    const change = () => setPalette(paletteOfPage());
    document.addEventListener('themechange', change);
    return () => document.removeEventListener('themechange', change);
  }, []);
  if (legend.length < 2) return null;
  const { fills } = colorsOf(palette, false);
  return (
    <ul class="flame-legend" aria-label="Colours">
      {legend.map(({ kind, name }) => (
        <li key={kind} title={visible(name)}>
          <Swatch color={fills[kind]!} />
          <bdi>{middle(visible(name).replace(/^.*[/\\](?=.)/, ''), 24) || '<unknown file>'}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** By a property: the page's policy allows no style in markup. */
function Swatch({ color }: { readonly color: Rgb }) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (element.current) element.current.style.background = `rgb(${color.join(' ')})`;
  }, [color.join()]);
  return <span ref={element} class="swatch" />;
}

type FlameBarProps = Omit<CrumbsProps, 'isBad'> &
  Pick<ViewProps, 'selection' | 'update'> & { readonly legend: readonly LegendEntry[] };

/** What is above the bars: where one is, what colours say, which way it goes. */
function FlameBar({ legend, selection, update, ...crumbs }: FlameBarProps) {
  const { isFlipped, search } = selection;
  return (
    <div class="flame-bar">
      <Crumbs {...crumbs} isBad={isBadPattern(search)} />
      <Legend legend={legend} />
      <button
        type="button"
        class="button"
        title="Callers above (icicles), or below (flames)"
        aria-pressed={isFlipped}
        onClick={() => update({ isFlipped: !isFlipped })}
      >
        Flip
      </button>
    </div>
  );
}

type CrumbsProps = {
  readonly layout: FlameLayout;
  readonly label: (node: number) => string;
  readonly zooms: readonly number[];
  readonly zoomTo: (nodes: readonly number[]) => void;
  readonly found: Found | null;
  readonly isBad: boolean;
};

/** The zooms one came by, and what the search found. */
function Crumbs({ layout, label, zooms, zoomTo, found, isBad }: CrumbsProps) {
  return (
    <nav class="crumbs" aria-label="Zoom">
      {[0, ...zooms].map((node, index) => (
        <button
          type="button"
          key={node}
          aria-current={index === zooms.length ? 'true' : undefined}
          onClick={() => zoomTo(zooms.slice(0, index))}
        >
          <bdi>{label(node)}</bdi>
        </button>
      ))}
      {found === null ? (
        <span class="hint">
          {isBad
            ? 'Not a regular expression'
            : zooms.length === 0
              ? 'Click a bar to zoom in, Ctrl + wheel to zoom, drag to move'
              : 'Click a name on the left, or press Esc, to zoom out'}
        </span>
      ) : (
        <output class="found">
          {found.nodes.length === 0
            ? 'nothing found'
            : `${formatFigure(found.nodes.length, 'blocks')} found · ${formatShare(found.width, layout.width[0]!)}`}
        </output>
      )}
    </nav>
  );
}

type TipProps = Omit<FlameDetailsProps, 'node'> & { readonly hovered: Hovered };

function Tip({ hovered, ...details }: TipProps) {
  const [node, setNode] = useState(-1);
  hovered.listener = setNode;
  // A layout that came since may not have as many nodes.
  if (!(details.layout.width[node]! > 0)) return null;
  return (
    <>
      <FlameDetails {...details} node={node} />
      <TipStack {...details} node={node} />
    </>
  );
}
