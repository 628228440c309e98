import type { HeapGraph } from '@tracemalloc/core/graph';
import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Dominated, dominatedIn, type Tile, treemapOf } from '../rows/domination.ts';
import { formatFigure, formatShare, middle } from '../text.ts';
import { objectName, objectType } from './object-text.ts';

type MapProps = {
  readonly graph: HeapGraph;
  readonly object: number;
  readonly onPick: (object: number) => void;
};

/** What holds what alive, as areas: a tile is what would be free without its object. */
export function ObjectMap({ graph, object, onPick }: MapProps) {
  const dominated = useMemo(() => dominatedIn(graph), [graph]);
  const [top, setTop] = useState(-1);
  const [current, setCurrent] = useState(0);
  const area = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(area);
  const tiles = useMemo(
    () => (width < 40 || height < 40 ? [] : treemapOf(graph, dominated, top, width, height)),
    [graph, top, width, height],
  );
  const wantsFocus = useRef(false);
  useLayoutEffect(() => {
    if (wantsFocus.current) focusTile(current);
    wantsFocus.current = false;
  });
  const focusTile = (index: number): void => {
    area.current?.querySelectorAll<HTMLElement>('.object-tile')[index]?.focus();
  };
  const zoom = (to: number): void => {
    if (to >= 0 && dominated.by(to).length === 0) return;
    wantsFocus.current = true;
    setCurrent(0);
    setTop(to);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const tile = tiles[current];
    if (tile === undefined) return;
    if (event.key === 'Enter' && tile.object >= 0) zoom(tile.object);
    else if (event.key === 'Escape' || event.key === 'Backspace') zoom(above(graph, top));
    else {
      const next = tileAfterKey(event.key, current, tiles);
      if (next === null) return;
      setCurrent(next);
      focusTile(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="object-map">
      <Crumbs graph={graph} top={top} zoom={zoom} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields. */}
      <div
        role="group"
        aria-label="What holds most"
        class="object-tiles"
        ref={area}
        onKeyDown={onKeyDown}
      >
        {tiles.map((tile, index) => (
          <TileBox
            key={`${tile.object} ${tile.depth} ${index}`}
            graph={graph}
            dominated={dominated}
            tile={tile}
            isCurrent={index === Math.min(current, tiles.length - 1)}
            isPicked={tile.object === object}
            onFocus={() => setCurrent(index)}
            onPick={() => tile.object >= 0 && onPick(tile.object)}
            onZoom={() => tile.object >= 0 && zoom(tile.object)}
          />
        ))}
      </div>
    </div>
  );
}

/** The map that a map is in: of its dominator, −1 = of everything. */
function above({ dominators }: HeapGraph, top: number): number {
  return top < 0 ? -1 : Math.max(-1, dominators.of[top]!);
}

/** Crumbs at most: a chain of objects may be as long as there are objects. */
const maxCrumbs = 6;

type CrumbsProps = Pick<MapProps, 'graph'> & {
  readonly top: number;
  readonly zoom: (object: number) => void;
};

function Crumbs({ graph, top, zoom }: CrumbsProps) {
  const chain: number[] = [];
  for (let at = top; at >= 0 && chain.length < maxCrumbs; at = above(graph, at)) chain.push(at);
  const isCut = chain.length > 0 && above(graph, chain.at(-1)!) >= 0;
  return (
    <nav class="crumbs" aria-label="Map of">
      <button type="button" aria-current={top < 0 ? 'true' : undefined} onClick={() => zoom(-1)}>
        all objects
      </button>
      {isCut && <span class="hint"> › …</span>}
      {chain.reverse().map((each) => (
        <span key={each}>
          {' › '}
          <button
            type="button"
            aria-current={each === top ? 'true' : undefined}
            onClick={() => zoom(each)}
          >
            <bdi>{middle(objectType(graph, each), 30)}</bdi>
          </button>
        </span>
      ))}
    </nav>
  );
}

type TileBoxProps = Pick<MapProps, 'graph'> & {
  readonly dominated: Dominated;
  readonly tile: Tile;
  readonly isCurrent: boolean;
  readonly isPicked: boolean;
  readonly onFocus: () => void;
  readonly onPick: () => void;
  readonly onZoom: () => void;
};

/** Hues that types are told apart by. */
const hues = 12;

function TileBox(props: TileBoxProps) {
  const { graph, tile, dominated, isCurrent, isPicked, onFocus, onPick, onZoom } = props;
  const { object, rest, bytes, depth, x, y, width, height } = tile;
  const figure = formatFigure(bytes, 'bytes');
  const name =
    object < 0
      ? `${formatFigure(rest, 'blocks')} smaller`
      : `${objectType(graph, object)} ${objectName(graph, object)}`;
  const title = `${name}: ${figure}, ${formatShare(bytes, dominated.size)}`;
  return (
    <button
      type="button"
      class={`object-tile ${object < 0 ? 'other' : `hue-${hueOf(graph, object)}`} ${isPicked ? 'picked' : ''}`}
      style={{
        left: `${x}px`,
        top: `${y}px`,
        width: `${width}px`,
        height: `${height}px`,
        'z-index': depth,
      }}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={title}
      aria-pressed={isPicked}
      title={title}
      onFocus={onFocus}
      onClick={onPick}
      onDblClick={onZoom}
    >
      {width > 30 && height > 15 && (
        <span>
          <bdi>{middle(name, 60)}</bdi> {width > 90 && figure}
        </span>
      )}
    </button>
  );
}

/** The same for the same type in any report. */
function hueOf(graph: HeapGraph, object: number): number {
  let hash = 0;
  for (const character of graph.typeOf(object)) hash = (hash * 31 + character.codePointAt(0)!) | 0;
  return Math.abs(hash) % hues;
}

/** Beside each other in the order of their sizes; into a tile, and out of it. */
function tileAfterKey(key: string, current: number, tiles: readonly Tile[]): number | null {
  const depth = tiles[current]!.depth;
  const siblings = (step: 1 | -1): number => {
    for (let at = current + step; tiles[at] !== undefined; at += step) {
      if (tiles[at]!.depth === depth) return at;
      if (tiles[at]!.depth < depth) break;
    }
    return current;
  };
  switch (key) {
    case 'ArrowRight':
      return siblings(1);
    case 'ArrowLeft':
      return siblings(-1);
    case 'ArrowDown':
      return (tiles[current + 1]?.depth ?? 0) > depth ? current + 1 : current;
    case 'ArrowUp': {
      let at = current;
      while (at > 0 && tiles[at]!.depth >= depth) at--;
      return tiles[at]!.depth < depth ? at : current;
    }
    case 'Home':
      return 0;
    case 'End':
      return tiles.length - 1;
    default:
      return null;
  }
}

function useSize(area: { readonly current: HTMLDivElement | null }) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = area.current!;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return size;
}
