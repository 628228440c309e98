const indent = '    ';

/** A textarea with line numbers that indents as Python programs are written. */
export class Editor {
  readonly #area: HTMLTextAreaElement;
  readonly #numbers: HTMLElement;
  /** After Escape, the next Tab leaves the editor: otherwise a keyboard could not. */
  #tabLeaves = false;

  constructor(area: HTMLTextAreaElement, numbers: HTMLElement) {
    this.#area = area;
    this.#numbers = numbers;
    area.addEventListener('input', () => this.#number());
    area.addEventListener('scroll', () => {
      numbers.scrollTop = area.scrollTop;
    });
    area.addEventListener('keydown', (event) => this.#press(event));
  }

  get text(): string {
    return this.#area.value;
  }

  set text(text: string) {
    this.#area.value = text;
    this.#area.scrollTo(0, 0);
    this.#number();
  }

  /** Marks a line as the one where the program ended; null takes the mark away. */
  mark(line: number | null): void {
    this.#numbers.querySelector('.error')?.removeAttribute('class');
    if (line !== null) this.#numbers.children[line - 1]?.setAttribute('class', 'error');
  }

  /** Selects a line and scrolls to it. */
  select(line: number): void {
    const area = this.#area;
    const before = area.value.split('\n').slice(0, line - 1);
    const start = before.reduce((sum, text) => sum + text.length + 1, 0);
    const end = area.value.indexOf('\n', start);
    area.focus();
    area.setSelectionRange(start, end < 0 ? area.value.length : end);
    const height = area.scrollHeight / (area.value.split('\n').length + 1);
    area.scrollTop = Math.max(0, (line - 1) * height - area.clientHeight / 2);
  }

  #number(): void {
    const count = this.#area.value.split('\n').length;
    if (this.#numbers.childElementCount === count) return;
    const numbers = Array.from({ length: count }, (_, i) => {
      const number = document.createElement('span');
      number.textContent = String(i + 1);
      return number;
    });
    this.#numbers.replaceChildren(...numbers);
  }

  #press(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const leaves = this.#tabLeaves;
    if (key !== 'Shift') this.#tabLeaves = key === 'Escape';
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === 'Tab' && !leaves && !shiftKey) {
      event.preventDefault();
      this.#insert(indent);
    } else if (key === 'Enter') {
      event.preventDefault();
      const line = this.#area.value.slice(0, this.#area.selectionStart).split('\n').at(-1)!;
      const own = /^\s*/.exec(line)![0];
      this.#insert(`\n${own}${/:\s*$/.test(line) ? indent : ''}`);
    }
  }

  /** Puts text in place of the selection. */
  #insert(text: string): void {
    const { selectionStart, selectionEnd } = this.#area;
    this.#area.setRangeText(text, selectionStart, selectionEnd, 'end');
    this.#area.dispatchEvent(new Event('input'));
  }
}
