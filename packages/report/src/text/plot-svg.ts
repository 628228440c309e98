import { formatSize } from '@tracemalloc/core';
import type { NamedPlot } from './format-plot.ts';
import { plain } from './plain.ts';
import { axisOf, type Placed, type PlotReport } from './plot.ts';
import { formatTime } from './units.ts';

const width = 900;
const height = 360;
const left = 90;
const right = 20;
const top = 40;
const bottom = 60;

/** Told apart also by those who do not see red and green. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/**
 * All runs in one picture: an SVG of its own, with no script, style sheet or request, in the colours
 * of light or dark as its reader prefers. What the guest named is text.
 */
export function plotSvg(runs: readonly NamedPlot[]): string {
  const { last, isTimed, positionOf } = axisOf(runs.map(({ report }) => report));
  const most = Math.max(...runs.map(({ report }) => report.peak)) || 1;
  const across = (at: number) => round(left + (at / last) * (width - left - right));
  const x = (at: Placed) => across(positionOf(at));
  const y = (bytes: number) => round(height - bottom - (bytes / most) * (height - top - bottom));
  const parts = [
    '<style>.a{fill:#222;font:12px sans-serif}.g{stroke:#8884}svg{background:#fff}@media(prefers-color-scheme:dark){.a{fill:#ddd}svg{background:#181818}}</style>',
    `<title>Memory over time: ${escaped(runs.map(({ name }) => name).join(', '))}</title>`,
  ];
  for (let step = 0; step <= 4; step++) {
    const bytes = (most / 4) * step;
    const at = (last / 4) * step;
    const axis = isTimed ? formatTime(at) : formatSize(Math.round(at), false);
    parts.push(
      `<path class="g" d="M${left} ${y(bytes)}H${width - right}"/>`,
      label(left - 8, y(bytes) + 4, 'end', formatSize(Math.round(bytes), false)),
      label(across(at), height - bottom + 18, 'middle', axis),
    );
  }
  for (const [i, { name, report }] of runs.entries()) {
    const color = colors[i % colors.length]!;
    parts.push(
      `<path fill="none" stroke="${color}" stroke-width="1.5" d="${pathOf(report, x, y)}"/>`,
      ...report.marks.slice(0, 100).map((mark) => {
        return `<path stroke="${color}" stroke-dasharray="3" d="M${x(mark)} ${top}V${height - bottom}"><title>${escaped(mark.name)}</title></path>`;
      }),
      `<rect x="${left + i * 180}" y="14" width="10" height="10" fill="${color}"/>`,
      label(
        left + 16 + i * 180,
        23,
        'start',
        `${name.slice(-16)}, peak ${formatSize(report.peak, false)}`,
      ),
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">\n${parts.join('\n')}\n</svg>\n`;
}

/** Steps: between points memory is as before, and in a point it went from least to most. */
function pathOf(
  { points }: PlotReport,
  x: (at: Placed) => number,
  y: (bytes: number) => number,
): string {
  const [first, ...rest] = points;
  let path = `M${x(first!)} ${y(first!.bytes)}`;
  for (const point of rest) {
    path += `H${x(point)}`;
    if (point.max > point.bytes) path += `V${y(point.max)}`;
    if (point.min < point.bytes) path += `V${y(point.min)}`;
    path += `V${y(point.bytes)}`;
  }
  return path;
}

function label(x: number, y: number, anchor: string, text: string): string {
  return `<text class="a" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return plain(text).replaceAll(/[&<>]/g, (character) => entities[character]!);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
