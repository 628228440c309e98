/** Characters shown of a run: a loop that prints could otherwise fill the page's memory. */
const mostShown = 100_000;

/** The output of a run, shown when the page gets a turn. */
export class Output {
  readonly #element: HTMLElement;
  #pending = '';
  #length = 0;
  #isScheduled = false;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  clear(): void {
    this.#element.replaceChildren();
    this.#pending = '';
    this.#length = 0;
  }

  write(text: string): void {
    const room = mostShown - this.#length;
    this.#length += text.length;
    if (room <= 0) return;
    this.#pending +=
      text.length <= room ? text : `${text.slice(0, room)}\n… the rest is not shown\n`;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  writeError(text: string): void {
    this.flush();
    const error = document.createElement('span');
    error.className = 'error';
    error.textContent = text;
    this.#element.append(error);
    this.#element.scrollTop = this.#element.scrollHeight;
  }

  flush(): void {
    if (this.#pending === '') return;
    this.#element.append(this.#pending);
    this.#pending = '';
    this.#element.scrollTop = this.#element.scrollHeight;
  }
}
