import { hashOf, readHash } from './address.ts';
import type { ReportModel, Selection, ViewName } from './model.ts';
import { possible } from './range.ts';

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

/** Browsers take so many addresses of a page a second at most: what moves with a hand rests first. */
const restMilliseconds = 200;

/** The selection, kept in the address so that links, reloads and the back button work. */
export class SelectionStore {
  readonly #model: ReportModel;
  readonly #window: Window;
  readonly #listeners: Listener[] = [];
  /** What each view had when it was left: its zoom, its sort, its rows. */
  readonly #focusOf = new Map<ViewName, string>();
  #selection: Selection;
  /** What the address was made last, and the timer that makes it anew. */
  #written = '';
  #timer: number | undefined;

  constructor(model: ReportModel, page: Window) {
    this.#model = model;
    this.#window = page;
    this.#selection = readHash(page.location.hash, model);
    page.addEventListener('hashchange', () => {
      const { hash } = page.location;
      if (hash === this.#written || hash === hashOf(this.#selection, model)) return;
      page.clearTimeout(this.#timer);
      this.#timer = undefined;
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
    const next = possible(this.#model, { ...before, ...left, ...change });
    const changed = (Object.keys(next) as (keyof Selection)[]).filter(
      (key) => next[key] !== before[key],
    );
    if (changed.length === 0) return;
    const isStep = changed.some((key) => steps.includes(key));
    if (isStep && this.#timer !== undefined) this.#write(false);
    this.#set(next);
    // A part of the run follows the hand.
    const follows = changed.every((key) => key === 'range');
    if (!follows) this.#write(isStep);
    else this.#timer ??= this.#window.setTimeout(() => this.#write(false), restMilliseconds);
  };

  #write(isStep: boolean): void {
    const { location } = this.#window;
    this.#window.clearTimeout(this.#timer);
    this.#timer = undefined;
    const hash = hashOf(this.#selection, this.#model);
    if (isStep) location.hash = hash;
    else location.replace(hash);
    this.#written = location.hash;
  }

  #set(selection: Selection): void {
    this.#selection = selection;
    this.#focusOf.set(selection.view, selection.focus);
    for (const listener of this.#listeners) listener(selection);
  }
}
