/**
 * Lines of source files for `Traceback.format`, numbered as `linecache` does: universal newlines
 * only, so a form feed or U+2028 ends no line.
 */
export class SourceLines {
  readonly #read: (filename: string) => string | undefined;
  readonly #files: Map<string, { text: string; lines: readonly string[] }> = new Map();

  /** `read` gives a file's text, or undefined when there is none; asked again for each line. */
  constructor(read: (filename: string) => string | undefined) {
    this.#read = read;
  }

  /** The 1-based line with its newline; `''` when there is none. */
  line(filename: string, lineno: number): string {
    if (filename === '' || (filename.startsWith('<') && filename.endsWith('>'))) return '';
    const text = this.#read(filename);
    if (text === undefined) return '';
    let file = this.#files.get(filename);
    if (file === undefined || file.text !== text) {
      const lines = text.split(/\r\n|\r|\n/);
      // What follows the last newline is a line only when there is something.
      if (lines.at(-1) === '') lines.pop();
      file = { text, lines };
      this.#files.set(filename, file);
    }
    const line = file.lines[lineno - 1];
    return line === undefined ? '' : `${line}\n`;
  }
}
