import { formatSize, Snapshot, type Statistic } from '@tracemalloc/core';
import { foldFrames, isLibraryFile } from '@tracemalloc/core/analysis';

const linesShown = 10;
/** Points of the curve that are kept: of more, every other one is left out. */
const mostPoints = 400;

type Point = { readonly time: number; readonly bytes: number };

/** What the panel shows of a run so far. */
export type Memory = {
  /** Milliseconds. */
  readonly time: number;
  readonly snapshot: Snapshot;
};

/** The curve of a run and its biggest lines, while it runs and afterwards. */
export class MemoryPanel {
  readonly #elements: Record<'totals' | 'curve' | 'lines' | 'nothing', Element>;
  readonly #onLine: (line: number) => void;
  #points: Point[] = [];
  #every = 1;
  #seen = 0;

  constructor(
    elements: Record<'totals' | 'curve' | 'lines' | 'nothing', Element>,
    onLine: (line: number) => void,
  ) {
    this.#elements = elements;
    this.#onLine = onLine;
  }

  clear(message: string): void {
    this.#points = [];
    this.#every = 1;
    this.#seen = 0;
    this.#elements.totals.textContent = '';
    this.#elements.curve.replaceChildren();
    this.#elements.lines.replaceChildren();
    this.say(message);
  }

  /** In place of lines. */
  say(message: string): void {
    this.#elements.nothing.textContent = message;
  }

  /** @param filename The program's, whose lines are to be found in `source`. */
  show({ time, snapshot }: Memory, filename: string, source: string): void {
    const { current = 0, peak = 0 } = snapshot.metadata.tracedMemory ?? {};
    const live =
      snapshot.traces.length === 0 ? 0 : snapshot.data.sites.liveSize.reduce((a, b) => a + b, 0);
    const bytes = Math.max(live, current);
    this.#addPoint({ time, bytes });
    this.#elements.totals.textContent = `${formatSize(bytes)} in use, ${formatSize(Math.max(peak, bytes))} at the peak`;
    this.#drawCurve();
    const statistics = ownFirst(snapshot);
    const most = Math.max(1, ...statistics.map(({ size }) => size));
    const lines = source.split('\n');
    const rows = statistics
      .slice(0, linesShown)
      .map((statistic) => this.#row(statistic, most, filename, lines));
    this.#elements.lines.replaceChildren(...rows);
    this.say(rows.length > 0 ? '' : 'Nothing that the program made is in use.');
  }

  #addPoint(point: Point): void {
    if (this.#seen++ % this.#every !== 0) return;
    this.#points.push(point);
    if (this.#points.length < mostPoints) return;
    this.#points = this.#points.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  /** In a picture of 100 by 30. */
  #drawCurve(): void {
    const points = this.#points;
    const end = Math.max(points.at(-1)!.time, 1);
    const most = Math.max(...points.map(({ bytes }) => bytes), 1);
    const places = points.map(
      ({ time, bytes }) =>
        `${((time / end) * 100).toFixed(2)},${(30 - (bytes / most) * 28).toFixed(2)}`,
    );
    const first = `0,${places[0]!.split(',')[1]}`;
    const last = `100,${places.at(-1)!.split(',')[1]}`;
    const line = svg('polyline', { points: [first, ...places, last].join(' '), class: 'line' });
    const area = svg('polygon', {
      points: ['0,30', first, ...places, last, '100,30'].join(' '),
      class: 'area',
    });
    this.#elements.curve.replaceChildren(area, line);
    this.#elements.curve.setAttribute(
      'aria-label',
      `Memory over ${(end / 1000).toFixed(1)} s: at most ${formatSize(most)}, now ${formatSize(points.at(-1)!.bytes)}`,
    );
  }

  #row(
    { traceback, size, count }: Statistic,
    most: number,
    filename: string,
    lines: readonly string[],
  ): HTMLElement {
    const frame = traceback.at(0)!;
    const isOwn = frame.filename === filename;
    const place = `${frame.filename.split('/').at(-1)}:${frame.lineno}`;
    const row = document.createElement('tr');
    row.style.setProperty('--share', (size / most).toFixed(3));
    row.title = `${frame.filename}:${frame.lineno}`;
    const name = document.createElement(isOwn ? 'button' : 'span');
    name.textContent = place;
    if (isOwn) name.addEventListener('click', () => this.#onLine(frame.lineno));
    const code = document.createElement('code');
    code.textContent = isOwn ? (lines[frame.lineno - 1]?.trim() ?? '') : '';
    for (const content of [name, formatSize(size), count.toLocaleString('en'), code]) {
      const cell = row.insertCell();
      cell.append(content);
      if (typeof content === 'string') cell.className = 'number';
    }
    return row;
  }
}

/** By line, what libraries allocated counted for the program's lines that called them; what none called comes last. */
function ownFirst(snapshot: Snapshot): Statistic[] {
  const statistics = Snapshot.fromData(foldFrames(snapshot.data, 'mine')).statistics('lineno');
  const isLibrary = (statistic: Statistic) => isLibraryFile(statistic.traceback.at(0)!.filename);
  return [
    ...statistics.filter((statistic) => !isLibrary(statistic)),
    ...statistics.filter(isLibrary),
  ];
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
