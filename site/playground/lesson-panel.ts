import type { Progress, Step } from './lesson.ts';

/** A lesson above the editor: its steps, and whether they are done. */
export class LessonPanel {
  readonly #element: HTMLElement;
  readonly #steps: readonly Step[];
  readonly #onSource: (source: string) => void;
  #at = 0;
  #done = new Set<number>();
  #progress: Progress = { output: '', isGood: false, hasOpenedReport: false };

  /** @param onSource Puts a step's program into the editor. */
  constructor(element: HTMLElement, steps: readonly Step[], onSource: (source: string) => void) {
    this.#element = element;
    this.#steps = steps;
    this.#onSource = onSource;
  }

  begin(): void {
    this.#element.hidden = false;
    this.#done = new Set();
    this.#go(0);
  }

  close(): void {
    this.#element.hidden = true;
  }

  /** The program of the step has run. */
  ran(run: Omit<Progress, 'hasOpenedReport'>): void {
    this.#check({ ...this.#progress, ...run });
  }

  openedReport(): void {
    this.#check({ ...this.#progress, hasOpenedReport: true });
  }

  #check(progress: Progress): void {
    this.#progress = progress;
    if (this.#element.hidden || !this.#steps[this.#at]!.isDone(progress)) return;
    this.#done.add(this.#at);
    this.#draw();
  }

  #go(at: number): void {
    this.#at = at;
    this.#progress = { output: '', isGood: false, hasOpenedReport: false };
    const { source } = this.#steps[at]!;
    if (source !== undefined) this.#onSource(source);
    this.#draw();
  }

  #draw(): void {
    const { title, text } = this.#steps[this.#at]!;
    const isDone = this.#done.has(this.#at);
    const heading = document.createElement('h2');
    heading.textContent = `${this.#at + 1}. ${title}`;
    const paragraphs = text.map((one) => {
      const paragraph = document.createElement('p');
      paragraph.textContent = one;
      return paragraph;
    });
    const state = document.createElement('p');
    state.setAttribute('role', 'status');
    state.className = 'state';
    const isLast = this.#at === this.#steps.length - 1;
    if (isDone) state.textContent = isLast ? '✓ The leak is gone.' : '✓ Done.';
    this.#element.replaceChildren(this.#list(), heading, ...paragraphs, state);
    if (!isDone || isLast) return;
    const next = document.createElement('button');
    next.className = 'primary next';
    next.textContent = 'Next step';
    next.addEventListener('click', () => this.#go(this.#at + 1));
    this.#element.append(next);
  }

  #list(): HTMLElement {
    const list = document.createElement('ol');
    for (const [i, { title }] of this.#steps.entries()) {
      const button = document.createElement('button');
      button.textContent = `${this.#done.has(i) ? '✓' : i + 1} ${title}`;
      if (i === this.#at) button.setAttribute('aria-current', 'step');
      button.addEventListener('click', () => this.#go(i));
      const item = document.createElement('li');
      item.append(button);
      list.append(item);
    }
    return list;
  }
}
