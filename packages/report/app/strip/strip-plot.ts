import { axisOf, type TimelineData } from '@tracemalloc/core/timeline';
import uPlot from 'uplot';
import { formatTime } from '../../src/text/units.ts';
import { formatFigure, middle, visible } from '../text.ts';
import { type Curves, curvesOf, marksOf, peakPoint } from './curves.ts';

/** Text of a place on the axis: a time, or without a clock bytes that were allocated. */
export function formatPlace(timeline: TimelineData, place: number): string {
  return timeline.points.time === null ? formatFigure(place, 'bytes') : formatTime(place);
}

const height = 104;
const font = '11px system-ui, sans-serif';

/** The colours are those of the page, and are asked for each time: its theme may change. */
const color = (name: string) => () =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export type PlotListeners = {
  /** Where on the axis the pointer is; `null` = elsewhere. */
  readonly onPointer: (place: number | null) => void;
  /** The plot was drawn, maybe elsewhere than before. */
  readonly onPlaced: (plot: uPlot) => void;
};

/** Draws the curves; what is chosen of them is drawn over it by others. */
export function stripPlot(
  box: HTMLElement,
  timeline: TimelineData,
  other: TimelineData | null,
  { onPointer, onPlaced }: PlotListeners,
): uPlot {
  const curves = curvesOf(timeline, other);
  const series = seriesOf(curves);
  const plot = new uPlot(
    {
      width: Math.max(100, box.clientWidth),
      height,
      padding: [14, curves.host === null ? 10 : 0, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { show: false },
        bind: {
          mousedown: () => null,
          mouseup: () => null,
          click: () => null,
          dblclick: () => null,
        },
      },
      scales: {
        x: { time: false, range: [0, Math.max(curves.axis.at(-1)!, Number.MIN_VALUE)] },
        bytes: { range: (_, _min, most) => [0, (most || 1) * 1.02] },
        host: { range: (_, _min, most) => [0, (most || 1) * 1.02] },
      },
      axes: axesOf(timeline, curves),
      series: [{}, ...series.map(({ options }) => options)],
      bands: [{ series: [1, 2], fill: faint('--accent', 30) }],
      hooks: {
        // A plot has its size some time after it was made.
        draw: [onPlaced, (made) => drawLandmarks(made, timeline)],
        setCursor: [
          ({ cursor, posToVal }) =>
            onPointer((cursor.left ?? -1) < 0 ? null : posToVal(cursor.left!, 'x')),
        ],
      },
    },
    [[...curves.axis], ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
    box,
  );
  return plot;
}

type Curve = { readonly options: uPlot.Series; readonly values: readonly (number | null)[] };

function seriesOf({ traced, least, most, host, other }: Curves): Curve[] {
  const curve = (values: Curve['values'], options: uPlot.Series): Curve => ({
    values,
    options: { scale: 'bytes', spanGaps: true, points: { show: false }, ...options },
  });
  return [
    curve(most, { width: 0 }),
    curve(least, { width: 0 }),
    curve(traced, { stroke: color('--accent'), width: 1.5, fill: faint('--accent', 12) }),
    ...(other === null
      ? []
      : [curve(other, { stroke: color('--muted'), width: 1.5, dash: [2, 3] })]),
    ...(host === null
      ? []
      : [curve(host, { scale: 'host', stroke: color('--more'), width: 1, dash: [6, 3] })]),
  ];
}

function faint(name: string, percent: number): () => string {
  return () => `color-mix(in srgb, ${color(name)()} ${percent}%, transparent)`;
}

function axesOf(timeline: TimelineData, { host }: Curves): uPlot.Axis[] {
  const bytes = (options: uPlot.Axis): uPlot.Axis => ({
    scale: 'bytes',
    stroke: color('--muted'),
    font,
    size: 62,
    gap: 4,
    space: 26,
    ticks: { show: false },
    grid: { stroke: color('--line'), width: 1 },
    values: (_, splits) => splits.map((value) => formatFigure(value, 'bytes')),
    splits: (_plot, _axis, _least, most) => bytesSplits(most),
    ...options,
  });
  return [
    {
      stroke: color('--muted'),
      font,
      size: 24,
      gap: 7,
      space: 90,
      ticks: { show: false },
      grid: { show: false },
      values: (_, splits) => splits.map((place) => formatPlace(timeline, place)),
    },
    bytes({}),
    ...(host === null ? [] : [bytes({ scale: 'host', side: 1, grid: { show: false } })]),
  ];
}

/** Nothing, a half and all, in round numbers of bytes. */
function bytesSplits(most: number): number[] {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, most / 2))));
  const splits: number[] = [];
  for (let value = 0; value <= most; value += step) splits.push(value);
  return splits;
}

/** The peak, marks, and where the snapshot was taken. A name that has no room is left out. */
function drawLandmarks({ ctx, bbox, valToPos }: uPlot, timeline: TimelineData): void {
  const ratio = devicePixelRatio || 1;
  const { points } = timeline;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'alphabetic';
  const taken: [from: number, to: number][] = [];
  const write = (words: string, x: number): void => {
    const { width } = ctx.measureText(words);
    const left = Math.max(bbox.left, Math.min(x - width / 2, bbox.left + bbox.width - width));
    const gap = 6 * ratio;
    if (taken.some(([from, to]) => left < to + gap && left + width > from - gap)) return;
    taken.push([left, left + width]);
    ctx.fillText(words, left, bbox.top - 4 * ratio);
  };
  const line = (x: number, dash: readonly number[]): void => {
    ctx.setLineDash(dash.map((part) => part * ratio));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  };
  ctx.lineWidth = ratio;
  ctx.fillStyle = color('--fg')();
  ctx.strokeStyle = color('--control')();
  if (points.length > 0) {
    const peak = peakPoint(timeline);
    const [x, y] = [
      valToPos(axisOf(timeline)[peak]!, 'x', true),
      valToPos(points.maxSize[peak]!, 'bytes', true),
    ];
    ctx.beginPath();
    ctx.arc(x, y, 3 * ratio, 0, 7);
    ctx.fill();
    write(`peak ${formatFigure(points.maxSize[peak]!, 'bytes')}`, x);
    const end = valToPos(axisOf(timeline).at(-1)!, 'x', true);
    line(end, []);
    write('snapshot', end);
  }
  ctx.fillStyle = color('--muted')();
  for (const { place, name } of marksOf(timeline)) {
    const x = valToPos(place, 'x', true);
    line(x, [3, 3]);
    write(middle(visible(name), 24), x);
  }
  ctx.restore();
}
