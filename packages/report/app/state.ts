import { type Metric, metrics } from '@tracemalloc/core/analysis';
import { type ReportModel, type Selection, viewNames } from './model.ts';

type Listener = (selection: Selection) => void;

/** Changes that a reader wants to come back from; the others replace the entry of the history. */
const steps: readonly (keyof Selection)[] = ['metric', 'unit', 'mode', 'inverted', 'view', 'focus'];

/** The selection, kept in the address so that links, reloads and the back button work. */
export class SelectionStore {
  readonly #model: ReportModel;
  readonly #window: Window;
  readonly #listeners: Listener[] = [];
  #selection: Selection;

  constructor(model: ReportModel, page: Window) {
    this.#model = model;
    this.#window = page;
    this.#selection = readHash(page.location.hash, model);
    page.addEventListener('hashchange', () => {
      if (page.location.hash === hashOf(this.#selection, model)) return;
      this.#set(readHash(page.location.hash, model));
    });
  }

  get selection(): Selection {
    return this.#selection;
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  readonly update = (change: Partial<Selection>): void => {
    const before = this.#selection;
    const isOtherView = change.view !== undefined && change.view !== before.view;
    const next: Selection = { ...before, ...(isOtherView ? { focus: '' } : {}), ...change };
    const changed = (Object.keys(next) as (keyof Selection)[]).filter(
      (key) => next[key] !== before[key],
    );
    if (changed.length === 0) return;
    this.#set(next);
    const { location } = this.#window;
    const hash = hashOf(next, this.#model);
    if (changed.some((key) => steps.includes(key))) location.hash = hash;
    else location.replace(hash);
  };

  #set(selection: Selection): void {
    this.#selection = selection;
    for (const listener of this.#listeners) listener(selection);
  }
}

/** What a report opens with. */
function firstSelection(model: ReportModel): Selection {
  return {
    metric: model.metrics[0] ?? 'live',
    unit: 'bytes',
    mode: model.joined.base === null ? 'now' : 'difference',
    inverted: false,
    search: '',
    fileGlob: '',
    domain: null,
    type: '',
    label: '',
    functionName: '',
    view: 'flame',
    focus: '',
  };
}

/** `#metric=peak&view=table`: what differs from the first selection. */
function hashOf(selection: Selection, model: ReportModel): string {
  const first = firstSelection(model);
  const fields = new URLSearchParams();
  for (const key of Object.keys(first) as (keyof Selection)[]) {
    if (selection[key] !== first[key]) fields.set(key, String(selection[key]));
  }
  return `#${fields}`;
}

/** The selection that an address asks for; what it cannot have here is left out. */
function readHash(hash: string, model: ReportModel): Selection {
  const first = firstSelection(model);
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (key: keyof Selection): string => fields.get(key) ?? String(first[key] ?? '');
  const oneOf = <Value extends string>(key: keyof Selection, values: readonly Value[]): Value =>
    values.find((value) => value === fields.get(key)) ?? (first[key] as Value);
  const domain = fields.get('domain') ?? '';
  return {
    metric: oneOf<Metric>(
      'metric',
      metrics.filter((metric) => model.metrics.includes(metric)),
    ),
    unit: oneOf('unit', ['bytes', 'blocks']),
    mode: oneOf('mode', model.joined.base === null ? ['now'] : ['now', 'difference']),
    inverted: fields.get('inverted') === 'true',
    search: text('search'),
    fileGlob: text('fileGlob'),
    domain: /^\d{1,10}$/.test(domain) ? Number(domain) : null,
    type: text('type'),
    label: text('label'),
    functionName: text('functionName'),
    view: oneOf('view', viewNames),
    focus: text('focus'),
  };
}
