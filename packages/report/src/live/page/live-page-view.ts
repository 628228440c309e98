import { formatBytes, formatCount } from '../../text/units.ts';
import { type LiveAction, type LiveState, liveRows } from '../live-state.ts';
import type { LiveRow } from '../live-update.ts';
import type { LiveElements } from './live-elements.ts';

/** Rows of the table: more are found by the filter. */
const mostRows = 100;

/** Shows a state; all text of the guest's is text. */
export function showState(elements: LiveElements, state: LiveState, isTraced: boolean): void {
  const { update, isPaused, baseline } = state;
  const { current = 0, blocks = 0, peak = 0, others = 0 } = update ?? {};
  elements.current.textContent = bytes(current);
  elements.blocks.textContent = formatCount(blocks);
  elements.peak.textContent = bytes(peak);
  elements.pause.setAttribute('aria-pressed', String(isPaused));
  elements.baseline.setAttribute('aria-pressed', String(baseline !== null));
  if (elements.filter.value !== state.filter) elements.filter.value = state.filter;
  for (const [key, button] of Object.entries(elements.heads)) {
    if (key === state.sort) button.parentElement!.setAttribute('aria-sort', 'descending');
    else button.parentElement!.removeAttribute('aria-sort');
  }
  showLabels(elements.label, state);
  showCurve(elements, state.history);
  const rows = liveRows(state);
  const whole = current || 1;
  const shown = rows.slice(0, mostRows).map((row) => rowOf(row, whole, baseline !== null));
  elements.body.replaceChildren(...shown);
  const more = rows.length - shown.length + others;
  const notes = [
    ...(isTraced ? [] : ['Nothing is traced.']),
    ...(isPaused ? ['Paused: the program goes on.'] : []),
    ...(baseline === null ? [] : ['Figures are differences to the baseline.']),
    ...(more > 0 ? [`${formatCount(more)} more functions.`] : []),
  ];
  elements.note.textContent = notes.join(' ');
  elements.note.hidden = notes.length === 0;
}

function rowOf(row: LiveRow, whole: number, isDifference: boolean): HTMLTableRowElement {
  const sign = (value: number): string => (isDifference && value > 0 ? '+' : '');
  const part = (value: number): string => `${((100 * value) / whole).toFixed(1)}%`;
  const element = document.createElement('tr');
  const cells = [
    sign(row.totalSize) + bytes(row.totalSize),
    part(row.totalSize),
    sign(row.ownSize) + bytes(row.ownSize),
    part(row.ownSize),
    sign(row.count) + formatCount(row.count),
    row.functionName === '' ? '<unknown>' : row.functionName,
  ];
  for (const [i, text] of cells.entries()) {
    const cell = element.insertCell();
    cell.textContent = text;
    if (i === 1 || i === 3) cell.className = 'part';
  }
  const place = document.createElement('small');
  place.textContent = `${row.filename}${row.lineno === 0 ? '' : `:${row.lineno}`}`;
  element.lastElementChild!.append(place);
  return element;
}

/** The first choice is all labels; the others have their number among the update's as value. */
function showLabels(select: HTMLSelectElement, { update, label }: LiveState): void {
  const labels = update?.labels ?? [];
  // One that has no memory left is still the one that is shown.
  const names = label === null || labels.includes(label) ? labels : [...labels, label];
  const known = Array.from(select.options, (option) => option.dataset['label']);
  if (known.slice(1).join('\0') !== names.join('\0') || known.length !== names.length + 1) {
    select.replaceChildren(
      new Option('all', ''),
      ...names.map((name) => {
        const option = new Option(name === '' ? '(no label)' : name);
        option.dataset['label'] = name;
        return option;
      }),
    );
  }
  select.selectedIndex = label === null ? 0 : names.indexOf(label) + 1;
}

function showCurve({ curve, area, edge }: LiveElements, history: readonly number[]): void {
  const most = Math.max(1, ...history);
  const step = 1 / Math.max(1, history.length - 1);
  const points = history.map(
    (value, i) => `${(i * step).toFixed(4)} ${(1 - value / most).toFixed(4)}`,
  );
  const line = points.length === 0 ? '' : `M${points.join('L')}`;
  edge.setAttribute('d', line);
  area.setAttribute('d', line === '' ? '' : `${line}L1 1L0 1Z`);
  const last = history.at(-1) ?? 0;
  curve.setAttribute('aria-label', `Live memory so far: ${bytes(last)} now, up to ${bytes(most)}`);
}

function bytes(value: number): string {
  return formatBytes(value, 'iec');
}

const letters: Readonly<Record<string, LiveAction>> = {
  t: { type: 'sort', by: 'total' },
  o: { type: 'sort', by: 'own' },
  a: { type: 'sort', by: 'count' },
  m: { type: 'all' },
  b: { type: 'baseline' },
  ' ': { type: 'pause' },
  ArrowLeft: { type: 'label', step: -1 },
  ArrowRight: { type: 'label', step: 1 },
};

/** What a key means where it is pressed; `null`: it is for what has the focus. */
export function actionOfKey(event: KeyboardEvent): LiveAction | null {
  const { key, ctrlKey, metaKey, altKey, target } = event;
  if (ctrlKey || metaKey || altKey) return null;
  if (target instanceof HTMLInputElement) return key === 'Escape' ? { type: 'clear' } : null;
  if (target instanceof HTMLSelectElement) return null;
  if (key === ' ' && target instanceof HTMLButtonElement) return null;
  return letters[key] ?? null;
}
