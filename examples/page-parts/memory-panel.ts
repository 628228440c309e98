import { formatSize, type Statistic } from '@tracemalloc/core';
import type { RunResult } from './program-page.ts';

const linesShown = 12;

type Elements = {
  readonly totals: HTMLElement;
  readonly lines: HTMLElement;
  readonly nothing: HTMLElement;
};

export type PanelOptions = {
  readonly mainFile: string;
  readonly sourceOf: (filename: string) => string | undefined;
  /** Called when a line of the program is chosen. */
  readonly onLine: (lineno: number) => void;
};

/** Lists the lines whose objects live on after a run. */
export function showMemory(elements: Elements, result: RunResult, options: PanelOptions): void {
  const { snapshot, peak } = result;
  const statistics = snapshot?.statistics('lineno') ?? [];
  const bytes = statistics.reduce((sum, { size }) => sum + size, 0);
  elements.totals.textContent =
    snapshot === null ? '' : `${formatSize(bytes)} in use, ${formatSize(peak)} at the peak`;
  elements.nothing.hidden = statistics.length > 0;
  elements.nothing.textContent =
    snapshot === null
      ? 'When the program ended it was not traced: trace from the first line, or call tracemalloc.start() and leave it on.'
      : 'Nothing that the program made is in use any more.';
  const most = statistics[0]?.size ?? 1;
  elements.lines.replaceChildren(
    ...statistics.slice(0, linesShown).map((statistic) => rowOf(statistic, most, options)),
  );
}

function rowOf({ traceback, size, count }: Statistic, most: number, options: PanelOptions) {
  const { filename, lineno } = traceback.at(0)!;
  const place = `${filename.split('/').at(-1)}:${lineno}`;
  const source = options.sourceOf(filename)?.split('\n')[lineno - 1]?.trim() ?? '';
  const row = document.createElement('tr');
  row.style.setProperty('--share', (size / most).toFixed(3));
  const cells = [
    filename === options.mainFile ? link(place, () => options.onLine(lineno)) : place,
    formatSize(size),
    count.toLocaleString('en'),
    code(source),
  ];
  for (const [i, content] of cells.entries()) {
    const cell = row.insertCell();
    cell.append(content);
    if (i === 1 || i === 2) cell.className = 'number';
  }
  row.title = `${filename}:${lineno}`;
  return row;
}

function link(text: string, onClick: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.addEventListener('click', onClick);
  return button;
}

function code(text: string): HTMLElement {
  const element = document.createElement('code');
  element.textContent = text;
  return element;
}
