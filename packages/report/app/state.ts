import { hashOf, readHash } from './address.ts';
import type { ReportModel, Selection, ViewName } from './model.ts';

type Listener = (selection: Selection) => void;

/** Changes that a reader wants to come back from; the others replace the entry of the history. */
const steps: readonly (keyof Selection)[] = [
  'metric',
  'unit',
  'mode',
  'code',
  'isOnce',
  'inverted',
  'isFlipped',
  'view',
  'focus',
];

/** The selection, kept in the address so that links, reloads and the back button work. */
export class SelectionStore {
  readonly #model: ReportModel;
  readonly #window: Window;
  readonly #listeners: Listener[] = [];
  /** What each view had when it was left: its zoom, its sort, its rows. */
  readonly #focusOf = new Map<ViewName, string>();
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
    const left = isOtherView ? { focus: this.#focusOf.get(change.view!) ?? '' } : {};
    const next: Selection = { ...before, ...left, ...change };
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
    this.#focusOf.set(selection.view, selection.focus);
    for (const listener of this.#listeners) listener(selection);
  }
}
