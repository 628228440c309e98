/** What a program prints, as text. */
export class OutputPanel {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  get text(): string {
    return this.#element.textContent ?? '';
  }

  clear(): void {
    this.#element.replaceChildren();
  }

  write(text: string, isError: boolean): void {
    const output = this.#element;
    const isAtEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 8;
    const { lastChild } = output;
    if (!isError && lastChild instanceof Text) lastChild.appendData(text);
    else if (!isError) output.append(text);
    else {
      const part = document.createElement('span');
      part.className = 'error';
      part.textContent = text;
      output.append(part);
    }
    if (isAtEnd) output.scrollTop = output.scrollHeight;
  }
}
