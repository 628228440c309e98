import type { HeapGraph } from '@tracemalloc/core/graph';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Arrow, type Box, neighbourhoodOf } from '../rows/neighbourhood.ts';
import { formatFigure, middle, visible } from '../text.ts';
import { objectName, objectType } from './object-text.ts';

type PictureProps = {
  readonly graph: HeapGraph;
  readonly object: number;
  readonly onPick: (object: number) => void;
};

/** Pixels. */
const box = { width: 120, height: 38, columnGap: 64, rowGap: 14 } as const;
const margin = 4;

type Point = { readonly x: number; readonly y: number };

/** An object, who holds it and what it holds, drawn from left to right. Arrow keys walk, Enter picks. */
export function ObjectPicture({ graph, object, onPick }: PictureProps) {
  const { boxes, arrows } = useMemo(() => neighbourhoodOf(graph, object), [graph, object]);
  const [current, setCurrent] = useState(0);
  const area = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  // The picked one is the first box of its picture.
  useEffect(() => {
    setCurrent(0);
    if (wantsFocus.current) focusBox(0);
    wantsFocus.current = false;
  }, [object]);
  const { places, width, height } = useMemo(() => placed(boxes), [boxes]);
  const focusBox = (index: number): void => {
    area.current?.querySelectorAll<HTMLElement>('.object-box')[index]?.focus();
  };
  const pick = (index: number): void => {
    const picked = boxes[index]!.object;
    if (picked < 0 || picked === object) return;
    wantsFocus.current = true;
    onPick(picked);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const next = boxAfterKey(event.key, current, boxes, places);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    setCurrent(next);
    focusBox(next);
  };
  return (
    <div class="object-picture" ref={area}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields. */}
      <div
        role="group"
        aria-label="Who holds it, and what it holds"
        class="object-canvas"
        style={{ width: `${width}px`, height: `${height}px` }}
        onKeyDown={onKeyDown}
      >
        <svg width={width} height={height} aria-hidden="true">
          <defs>
            <marker
              id="object-arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto-start-reverse"
            >
              <path d="M0 0.8 7.5 4 0 7.2Z" />
            </marker>
          </defs>
          {arrows.map((arrow) => (
            <ArrowLine
              key={`${arrow.from} ${arrow.to}`}
              arrow={arrow}
              from={places[arrow.from]!}
              to={places[arrow.to]!}
              isIncoming={boxes[arrow.to]!.column <= 0}
            />
          ))}
        </svg>
        {boxes.map((each, index) => (
          <BoxButton
            key={index}
            graph={graph}
            box={each}
            place={places[index]!}
            index={index}
            isCurrent={index === current}
            arrows={arrows}
            onFocus={() => setCurrent(index)}
            onPick={() => pick(index)}
          />
        ))}
      </div>
    </div>
  );
}

type BoxButtonProps = Pick<PictureProps, 'graph'> & {
  readonly box: Box;
  readonly place: Point;
  /** 0 = it is what is picked. */
  readonly index: number;
  readonly isCurrent: boolean;
  readonly arrows: readonly Arrow[];
  readonly onFocus: () => void;
  readonly onPick: () => void;
};

function BoxButton(props: BoxButtonProps) {
  const { graph, box, place, index, isCurrent, arrows, onFocus, onPick } = props;
  const { title, name, figure } = textsOf(graph, box);
  const isOther = box.object < 0;
  return (
    <button
      type="button"
      class={`object-box ${isOther ? 'other' : ''} ${index === 0 ? 'picked' : ''}`}
      style={{ left: `${place.x}px`, top: `${place.y}px` }}
      tabIndex={isCurrent ? 0 : -1}
      aria-disabled={isOther}
      aria-current={index === 0 ? 'true' : undefined}
      title={`${title} ${name}${figure === '' ? '' : `, retains ${figure}`}`}
      onFocus={onFocus}
      onClick={onPick}
    >
      <bdi>{middle(title, 40)}</bdi>
      <small>
        <bdi>{middle(name, 30)}</bdi>
        <span>{figure}</span>
      </small>
      <span class="unseen">{spoken(figure, index, arrows)}</span>
    </button>
  );
}

/** Where boxes stand: columns beside each other, each in the middle of the height. */
function placed(boxes: readonly Box[]) {
  const counts = new Map<number, number>();
  for (const { column } of boxes) counts.set(column, (counts.get(column) ?? 0) + 1);
  const columns = [...counts.keys()];
  const first = Math.min(...columns);
  const tall = (count: number): number =>
    count * (box.height + box.rowGap) - box.rowGap + 2 * margin;
  const height = tall(Math.max(...counts.values()));
  const wide = (Math.max(...columns) - first + 1) * (box.width + box.columnGap);
  const places = boxes.map(
    ({ column, row }): Point => ({
      x: margin + (column - first) * (box.width + box.columnGap),
      y: margin + (height - tall(counts.get(column)!)) / 2 + row * (box.height + box.rowGap),
    }),
  );
  return { places, height, width: wide - box.columnGap + 2 * margin };
}

function textsOf(graph: HeapGraph, { object, text }: Box) {
  if (object < 0) return { title: visible(text), name: '', figure: '' };
  return {
    title: objectType(graph, object),
    name: objectName(graph, object),
    figure: formatFigure(graph.retainedOf(object), 'bytes'),
  };
}

/** What the figure is and what the arrows show, in words. */
function spoken(figure: string, index: number, arrows: readonly Arrow[]): string {
  const words = figure === '' ? [] : ['retained'];
  const how = (arrow: Arrow): string => (arrow.how === '' ? '' : ` as ${visible(arrow.how)}`);
  const holds = arrows.find(({ from, to }) => from === index && to === 0);
  const isHeld = arrows.find(({ from, to }) => from === 0 && to === index);
  if (index === 0) words.push('picked');
  else if (holds !== undefined) words.push(`holds it${how(holds)}`);
  else if (isHeld !== undefined) words.push(`held by it${how(isHeld)}`);
  return words.join(', ');
}

type ArrowLineProps = {
  readonly arrow: Arrow;
  readonly from: Point;
  readonly to: Point;
  /** Whether it comes to what is picked: then many end in one, and the words stand where they begin. */
  readonly isIncoming: boolean;
};

function ArrowLine({ arrow, from, to, isIncoming }: ArrowLineProps) {
  const isForward = to.x > from.x;
  const middleOf = ({ y }: Point): number => y + box.height / 2;
  const start = { x: from.x + box.width, y: middleOf(from) };
  // What points back ends at its right side, so that no box is crossed by its own arrow.
  const end = isForward
    ? { x: to.x, y: middleOf(to) }
    : { x: to.x + box.width, y: middleOf(to) + 9 };
  const bend = isForward ? (end.x - start.x) / 2 : 34;
  const back = isForward ? end.x - bend : end.x + bend;
  const d = `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${back} ${end.y} ${end.x} ${end.y}`;
  const at = isForward ? (isIncoming ? 0.38 : 0.62) : 0.5;
  const label = curveAt(start.x, start.x + bend, back, end.x, at);
  const labelY = curveAt(start.y, start.y, end.y, end.y, at);
  return (
    <g class={isForward ? '' : 'back'}>
      <path d={d} marker-end="url(#object-arrow)" />
      <text x={label} y={labelY - 3}>
        {middle(visible(arrow.how), 11)}
      </text>
    </g>
  );
}

/** A coordinate of a cubic curve. */
function curveAt(a: number, b: number, c: number, d: number, t: number): number {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

/** The nearest box in the direction of an arrow key; `null` = another key. */
function boxAfterKey(
  key: string,
  current: number,
  boxes: readonly Box[],
  places: readonly Point[],
): number | null {
  const { column, row } = boxes[current]!;
  const find = (isThere: (box: Box) => boolean): number => {
    const here = places[current]!;
    let nearest = current;
    let distance = Number.POSITIVE_INFINITY;
    for (const [index, box] of boxes.entries()) {
      if (!isThere(box)) continue;
      const away = Math.abs(places[index]!.y - here.y);
      if (away < distance) [nearest, distance] = [index, away];
    }
    return nearest;
  };
  switch (key) {
    case 'ArrowLeft':
      return find((box) => box.column === column - 1);
    case 'ArrowRight':
      return find((box) => box.column === column + 1);
    case 'ArrowUp':
      return find((box) => box.column === column && box.row === row - 1);
    case 'ArrowDown':
      return find((box) => box.column === column && box.row === row + 1);
    case 'Home':
      return 0;
    default:
      return null;
  }
}
