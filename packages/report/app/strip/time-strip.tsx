import '../styles/strip.css';
import 'uplot/dist/uPlot.min.css';
import { momentOnAxis, type TimelineData } from '@tracemalloc/core/timeline';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { ModeChoice } from '../mode-choice.tsx';
import type { ViewProps } from '../model.ts';
import { type Moments, momentsOf, placeOf, rangeText, sumsOf, tracedAt } from '../range.ts';
import { formatDelta, formatFigure, middle, visible } from '../text.ts';
import { type Landmark, marksOf } from './curves.ts';
import { listenToStrip } from './gestures.ts';
import { formatPlace, stripPlot } from './strip-plot.ts';

type StripProps = Pick<ViewProps, 'model' | 'selection' | 'update'>;

/** Memory over time. A part of it that is chosen here is what all views show. */
export function TimeStrip({ model, selection, update }: StripProps) {
  const timeline = model.joined.data.timeline!;
  const other = model.joined.base?.timeline ?? null;
  const whole: Moments = { from: 0, to: timeline.points.length };
  const chosen = momentsOf(model, selection.range);
  const moments = chosen ?? whole;
  const [pointed, setPointed] = useState<number | null>(null);
  const choose = (next: Moments): void => {
    if (next.from < next.to) update({ range: rangeText(timeline, next) });
  };
  const { chart, over } = usePlot(timeline, other, { choose, update, onPointer: setPointed });
  return (
    <section class="strip" aria-label="Memory over time">
      <div class="strip-head">
        <h2>Memory over time</h2>
        <StripLegend timeline={timeline} hasOther={other !== null} />
        <output class="hint">
          {chosen === null && pointed !== null
            ? momentWords(timeline, pointed)
            : wordsOf(timeline, chosen)}
        </output>
        {chosen !== null && <ModeChoice selection={selection} update={update} />}
        {chosen !== null && (
          <button
            type="button"
            class="button"
            title="All views show the whole run again (w)"
            onClick={() => update({ range: '' })}
          >
            Whole run
          </button>
        )}
      </div>
      <div ref={chart} class="strip-chart">
        <Window over={over} timeline={timeline} moments={moments} choose={choose} update={update} />
      </div>
      <Marks timeline={timeline} choose={choose} />
    </section>
  );
}

/** Where the curves lie in the chart, in pixels. */
type Over = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

type Hands = Pick<StripProps, 'update'> & {
  readonly choose: (moments: Moments) => void;
  readonly onPointer: (moment: number | null) => void;
};

/** The plot, which lasts as long as its curves, and where it lies. */
function usePlot(timeline: TimelineData, other: TimelineData | null, hands: Hands) {
  const chart = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState<Over | null>(null);
  const latest = useRef(hands);
  latest.current = hands;
  useLayoutEffect(() => {
    const box = chart.current!;
    const last = placeOf(timeline, timeline.points.length);
    const momentAt = (share: number) => momentOnAxis(timeline, share * last);
    const plot = stripPlot(box, timeline, other, {
      onPointer: (place) =>
        latest.current.onPointer(place === null ? null : momentOnAxis(timeline, place)),
      onPlaced: (made) =>
        setOver((before) => {
          const place = placeIn(made);
          return before !== null && isSame(before, place) ? before : place;
        }),
    });
    const size = new ResizeObserver(() => {
      if (box.clientWidth === 0) return;
      plot.setSize({ width: box.clientWidth, height: plot.height });
    });
    size.observe(box);
    const redraw = (): void => plot.redraw(true, false);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', redraw);
    document.addEventListener('themechange', redraw);
    const stop = listenToStrip(plot.over, {
      onRange: (from, to) => latest.current.choose({ from: momentAt(from), to: momentAt(to) }),
      onTap: () => latest.current.update({ range: '' }),
    });
    return () => {
      stop();
      size.disconnect();
      system.removeEventListener('change', redraw);
      document.removeEventListener('themechange', redraw);
      plot.destroy();
    };
  }, [timeline, other]);
  return { chart, over };
}

function placeIn({ over }: uPlot): Over {
  const { offsetLeft: left, offsetTop: top, clientWidth: width, clientHeight: height } = over;
  return { left, top, width, height };
}

function isSame(a: Over, b: Over): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
}

type WindowProps = {
  readonly over: Over | null;
  readonly timeline: TimelineData;
  readonly moments: Moments;
} & Pick<Hands, 'choose' | 'update'>;

/** What is chosen, with an end on either side that keys and hands move. */
function Window({ over, timeline, moments, choose, update }: WindowProps) {
  const { length } = timeline.points;
  const last = placeOf(timeline, length) || 1;
  if (over === null) return null;
  const at = (moment: number): number =>
    over.left + (placeOf(timeline, moment) / last) * over.width;
  const [left, right] = [at(moments.from), at(moments.to)];
  const move = (end: keyof Moments, moment: number): void => {
    const [least, most] = end === 'from' ? [0, moments.to - 1] : [moments.from + 1, length];
    choose({ ...moments, [end]: Math.max(least, Math.min(most, moment)) });
  };
  const ends = { last, length, over, timeline, move, clear: () => update({ range: '' }) };
  return (
    <>
      <Shade left={over.left} right={left} over={over} />
      <Shade left={right} right={over.left + over.width} over={over} />
      <End {...ends} end="from" x={left} moment={moments.from} />
      <End {...ends} end="to" x={right} moment={moments.to} />
    </>
  );
}

type ShadeProps = { readonly left: number; readonly right: number; readonly over: Over };

function Shade({ left, right, over }: ShadeProps) {
  return <div class="strip-shade" style={placed(left, over, Math.max(0, right - left))} />;
}

function placed(left: number, { top, height }: Over, width?: number): Record<string, string> {
  return {
    left: `${left}px`,
    top: `${top}px`,
    height: `${height}px`,
    ...(width !== undefined && { width: `${width}px` }),
  };
}

type EndProps = {
  readonly end: keyof Moments;
  readonly x: number;
  readonly moment: number;
  readonly length: number;
  /** The end of the axis. */
  readonly last: number;
  readonly over: Over;
  readonly timeline: TimelineData;
  readonly move: (end: keyof Moments, moment: number) => void;
  readonly clear: () => void;
};

function End({ end, x, moment, length, last, over, timeline, move, clear }: EndProps) {
  const page = Math.max(1, Math.round(length / 10));
  const keys: Readonly<Record<string, number>> = {
    ArrowLeft: moment - 1,
    ArrowDown: moment - 1,
    ArrowRight: moment + 1,
    ArrowUp: moment + 1,
    PageDown: moment - page,
    PageUp: moment + page,
    Home: 0,
    End: length,
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = keys[event.key];
    if (event.key === 'Escape') clear();
    else if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    else move(end, next);
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointerMove = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { left } = event.currentTarget.parentElement!.getBoundingClientRect();
    move(end, momentOnAxis(timeline, ((event.clientX - left - over.left) / over.width) * last));
  };
  return (
    <div
      class={`strip-end ${end}`}
      role="slider"
      tabIndex={0}
      aria-label={end === 'from' ? 'Range from' : 'Range to'}
      aria-valuemin={0}
      aria-valuemax={length}
      aria-valuenow={moment}
      aria-valuetext={momentWords(timeline, moment)}
      style={placed(x, over)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}

/** `120 ms: 5.0 MiB` */
function momentWords(timeline: TimelineData, moment: number): string {
  const place = formatPlace(timeline, placeOf(timeline, moment));
  const host = moment === 0 ? 0 : (timeline.points.host?.[moment - 1] ?? 0);
  const more = host > 0 ? `, host ${formatFigure(host, 'bytes')}` : '';
  return `${place}: ${formatFigure(tracedAt(timeline, moment), 'bytes')}${more}`;
}

function wordsOf(timeline: TimelineData, chosen: Moments | null): string {
  if (chosen === null) return 'Drag over the curve: all views show that part of the run';
  const { begin, end, allocated, highest } = sumsOf(timeline, chosen);
  const [from, to] = [chosen.from, chosen.to].map((moment) =>
    formatPlace(timeline, placeOf(timeline, moment)),
  );
  const bytes = (value: number): string => formatFigure(value, 'bytes');
  return `${from} to ${to}: ${formatDelta(end - begin, 'bytes')}, ${bytes(allocated)} allocated, at most ${bytes(highest)}`;
}

type LegendProps = { readonly timeline: TimelineData; readonly hasOther: boolean };

function StripLegend({ timeline, hasOther }: LegendProps) {
  const hasHost = timeline.points.host?.some((bytes) => bytes > 0) === true;
  return (
    <ul class="strip-legend" aria-label="Curves">
      <li class="traced">traced</li>
      {hasHost && (
        <li class="host" title="The host's own heap, by the scale on the right">
          host’s heap
        </li>
      )}
      {hasOther && <li class="other">the run compared with</li>}
    </ul>
  );
}

/** Marks that have a button; the strip draws more. */
const maxMarks = 24;

type MarksProps = { readonly timeline: TimelineData } & Pick<Hands, 'choose'>;

/** The program's marks: each chooses the part of the run from it to the next. */
function Marks({ timeline, choose }: MarksProps) {
  const marks = useMemo(() => marksOf(timeline), [timeline]);
  if (marks.length === 0) return null;
  const part = (index: number): Moments => ({
    from: momentOnAxis(timeline, marks[index]!.place),
    to:
      index + 1 < marks.length
        ? momentOnAxis(timeline, marks[index + 1]!.place)
        : timeline.points.length,
  });
  const button = ({ name, place }: Landmark, index: number) => (
    <li key={index}>
      <button
        type="button"
        class="link"
        title={`From ${visible(name)}, ${formatPlace(timeline, place)}, to the next mark`}
        onClick={() => choose(part(index))}
      >
        <bdi>{middle(visible(name), 28) || '(no name)'}</bdi>
      </button>
    </li>
  );
  const rest = marks.length - maxMarks;
  return (
    <ul class="strip-marks" aria-label="Marks">
      {marks.slice(0, maxMarks).map(button)}
      {rest > 0 && <li class="hint">and {rest} more</li>}
    </ul>
  );
}
