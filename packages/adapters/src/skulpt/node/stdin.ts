type Text = { readonly v?: unknown };

/** Members of `Sk` that making a class of the guest takes. */
export type Makers = {
  readonly builtin: {
    readonly list: new (items: unknown[]) => unknown;
    readonly str: new (text: string) => Text;
  };
  readonly abstr: {
    buildNativeClass(name: string, options: object): new (...args: never[]) => object;
  };
};

/** The guest's standard input, by lines that come with their newline; '' is the end. */
export class StandardInput {
  readonly #readLine: () => string;
  #rest = '';

  constructor(readLine: () => string) {
    this.#readLine = readLine;
  }

  readline(size = -1): string {
    const line = this.#rest === '' ? this.#readLine() : this.#rest;
    const end = size < 0 ? line.length : size;
    this.#rest = line.slice(end);
    return line.slice(0, end);
  }

  read(size = -1): string {
    let text = '';
    while (size < 0 || text.length < size) {
      const line = this.readline(size < 0 ? -1 : size - text.length);
      if (line === '') break;
      text += line;
    }
    return text;
  }

  /** Python's object for it: Skulpt's own `sys.stdin` can do no more than `readline`. */
  toGuest({ builtin, abstr }: Makers): object {
    const text = (value: string): Text => new builtin.str(value);
    const next = (): Text | undefined => {
      const line = this.readline();
      return line === '' ? undefined : text(line);
    };
    const lines = (): unknown => {
      const all: Text[] = [];
      for (let line = next(); line !== undefined; line = next()) all.push(line);
      return new builtin.list(all);
    };
    const sized = (read: (size?: number) => string) => ({
      $meth: (size?: { readonly v: unknown }) =>
        text(read(typeof size?.v === 'number' ? size.v : undefined)),
      $flags: { MinArgs: 0, MaxArgs: 1 },
    });
    const TextInput = abstr.buildNativeClass('TextIOWrapper', {
      constructor: function TextIOWrapper(): void {},
      slots: {
        tp$iter(this: object) {
          return this;
        },
        tp$iternext: next,
      },
      methods: {
        read: sized((size) => this.read(size)),
        readline: sized((size) => this.readline(size)),
        readlines: { $meth: lines, $flags: { MinArgs: 0, MaxArgs: 1 } },
      },
    });
    return new TextInput();
  }
}
