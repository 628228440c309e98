import type { RunMessage } from '../protocol.ts';

/** Characters of a run that reach the page: more would only keep it busy. */
const mostText = 200_000;
/** Writes that are passed on at once. Later ones wait for each other. */
const atOnce = 500;
const waitMilliseconds = 100;

/** What a program prints, in messages that are bounded in number and size. */
export class Output {
  readonly #post: (message: RunMessage) => void;
  #waiting: { text: string; isError: boolean }[] = [];
  #left = mostText;
  #writes = 0;
  #lastPost = 0;

  constructor(post: (message: RunMessage) => void) {
    this.#post = post;
  }

  write(text: string, isError = false): void {
    if (text === '' || this.#left <= 0) return;
    const shown = text.slice(0, this.#left);
    this.#left -= shown.length;
    const last = this.#waiting.at(-1);
    if (last?.isError === isError) last.text += shown;
    else this.#waiting.push({ text: shown, isError });
    if (this.#left === 0) {
      this.#waiting.push({ text: '\n… (the rest of the output is left out)\n', isError: true });
    }
    this.#writes++;
    if (this.#writes > atOnce && performance.now() - this.#lastPost < waitMilliseconds) return;
    this.flush();
  }

  flush(): void {
    for (const { text, isError } of this.#waiting.splice(0)) {
      this.#post({ type: 'output', text, isError });
    }
    this.#lastPost = performance.now();
  }
}
