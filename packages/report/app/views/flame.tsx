import { callTree } from '@tracemalloc/core/analysis';
import '../styles/flame.css';
import type { SnapshotData } from '@tracemalloc/core';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ViewProps } from '../model.ts';
import {
  formatFigure,
  formatShare,
  frameLabel,
  framePlace,
  functionName,
  middle,
} from '../text.ts';
import { FlameCanvas } from './flame-canvas.ts';
import { kindsOf } from './flame-colors.ts';
import { FlameDetails } from './flame-details.tsx';
import { nodeAfterKey, zoomsOf, zoomsWith } from './flame-keys.ts';
import { type FlameLayout, type Found, layoutOf, searchNodes } from './flame-layout.ts';
import { FlameTree } from './flame-tree.tsx';
import { NothingLeft } from './parts.tsx';

/** The call tree as bars, callers above: a bar is as wide as what its node and all below it hold. */
export function FlameView(props: ViewProps) {
  const { model, selection, figures, update } = props;
  const { data } = model.joined;
  const tree = useMemo(
    () => callTree(data, { inverted: selection.inverted }),
    [data, selection.inverted],
  );
  const layout = useMemo(() => layoutOf(tree, figures), [tree, figures]);
  if (!(layout.width[0]! > 0)) return <NothingLeft selection={selection} update={update} />;
  // A tree of its own has rows of its own, which a selected row means nothing in.
  return <Flame key={String(selection.inverted)} {...props} layout={layout} />;
}

function Flame({ model, selection, update, layout }: ViewProps & { readonly layout: FlameLayout }) {
  const { data } = model.joined;
  const zooms = zoomsOf(layout, selection.focus);
  const zoom = zooms.at(-1) ?? 0;
  const [chosen, setSelected] = useState(zoom);
  const selected = layout.width[chosen]! > 0 ? chosen : zoom;
  const kinds = useMemo(() => kindsOf(layout, data), [layout, data]);
  const found = useMemo(
    () => searchNodes(layout, data, selection.search),
    [layout, data, selection.search],
  );
  const { label, shortLabel } = useMemo(() => labelsOf(layout, data), [layout, data]);
  const { canvas, elements, hovered } = useCanvas();
  useEffect(() => {
    canvas.current?.show({ layout, label, shortLabel, kinds, zoom, found, selected });
  });
  const zoomTo = (nodes: readonly number[]) => update({ focus: nodes.join('.') });
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
    const next = nodeAfterKey(layout, latest.current, event.key, found);
    if (next !== null) select(next);
    else if (event.key === 'Enter') choose(latest.current);
    else if (event.key === 'Escape' && zooms.length > 0) zoomTo(zooms.slice(0, -1));
    else if (event.key === '0') zoomTo([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const items = useMemo(() => {
    const describe = (node: number) =>
      `${label(node)}, ${formatFigure(layout.now[node]!, selection.unit)}, ${formatShare(layout.width[node]!, layout.width[0]!)}`;
    return <FlameTree layout={layout} selected={selected} describe={describe} />;
  }, [layout, label, selected, selection.unit]);
  return (
    <section class="flame">
      <Crumbs layout={layout} label={label} zooms={zooms} zoomTo={zoomTo} found={found} />
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
        <FlameDetails data={data} layout={layout} node={selected} selection={selection} />
      </aside>
      <div ref={elements.tip} class="flame-tip" aria-hidden="true" hidden>
        <Tip hovered={hovered} data={data} layout={layout} selection={selection} />
      </div>
    </section>
  );
}

type Labels = Record<'label' | 'shortLabel', (node: number) => string>;

/** Labels by node, made when they are first seen; in a comparison they begin with the sign. */
function labelsOf(layout: FlameLayout, data: SnapshotData): Labels {
  const signed = (node: number, text: string): string =>
    layout.base === null ? text : `${glyphOf(layout.now[node]! - layout.base[node]!)} ${text}`;
  const remembered = (make: (frame: number) => string) => {
    const labels = new Map<number, string>();
    return (node: number): string => {
      let label = labels.get(node);
      if (label === undefined) {
        label = signed(node, make(layout.tree.frame[node]!));
        labels.set(node, label);
      }
      return label;
    };
  };
  return {
    label: remembered((frame) => middle(frameLabel(data, frame), 400)),
    shortLabel: remembered((frame) => middle(withoutFolder(data, frame), 200)),
  };
}

/** `load app.py:10`, whatever the folder. */
function withoutFolder(data: SnapshotData, frame: number): string {
  if (frame < 0) return frameLabel(data, frame);
  return `${functionName(data, frame)} ${framePlace(data, frame).replace(/^.*[/\\]/, '')}`.trim();
}

function glyphOf(change: number): string {
  if (change === 0) return '=';
  return change > 0 ? '▲' : '▼';
}

type CrumbsProps = {
  readonly layout: FlameLayout;
  readonly label: (node: number) => string;
  readonly zooms: readonly number[];
  readonly zoomTo: (nodes: readonly number[]) => void;
  readonly found: Found | null;
};

/** The zooms one came by, and what the search found. */
function Crumbs({ layout, label, zooms, zoomTo, found }: CrumbsProps) {
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
          {zooms.length === 0
            ? 'Click a bar to zoom in'
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

/** The node that the pointer is on: told to one listener, so that nothing else is rendered anew. */
type Hovered = { listener: (node: number) => void };

type TipProps = Omit<Parameters<typeof FlameDetails>[0], 'node'> & { readonly hovered: Hovered };

function Tip({ hovered, ...details }: TipProps) {
  const [node, setNode] = useState(-1);
  hovered.listener = setNode;
  // A layout that came since may not have as many nodes.
  if (!(details.layout.width[node]! > 0)) return null;
  return <FlameDetails {...details} node={node} />;
}

function useCanvas() {
  const elements = {
    box: useRef<HTMLDivElement>(null),
    rows: useRef<HTMLDivElement>(null),
    canvas: useRef<HTMLCanvasElement>(null),
    selectedMark: useRef<HTMLDivElement>(null),
    hoveredMark: useRef<HTMLDivElement>(null),
    tip: useRef<HTMLDivElement>(null),
  };
  const canvas = useRef<FlameCanvas | null>(null);
  const hovered = useRef<Hovered>({ listener: () => {} });
  useEffect(() => {
    const { box, rows, canvas: drawn, selectedMark, hoveredMark, tip } = elements;
    canvas.current = new FlameCanvas(
      {
        box: box.current!,
        rows: rows.current!,
        canvas: drawn.current!,
        selectedMark: selectedMark.current!,
        hoveredMark: hoveredMark.current!,
        tip: tip.current!,
      },
      (node) => hovered.current.listener(node),
    );
    return () => canvas.current?.dispose();
  }, []);
  return { canvas, elements, hovered: hovered.current };
}
