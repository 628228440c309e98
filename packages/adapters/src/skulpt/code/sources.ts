import type { Skulpt } from '../host.ts';

/** The text of what Skulpt compiles, by file name: Skulpt itself forgets it. */
export class CompiledSources {
  readonly #texts: Map<string, string> = new Map();
  readonly #remove: () => void;

  constructor(Sk: Skulpt) {
    const { compile } = Sk;
    const ours: Skulpt['compile'] = (source, filename, ...rest) => {
      this.#texts.set(filename, source);
      return compile.call(Sk, source, filename, ...rest);
    };
    Sk.compile = ours;
    this.#remove = () => {
      if (Sk.compile === ours) Sk.compile = compile;
      this.#texts.clear();
    };
  }

  get(filename: string): string | undefined {
    return this.#texts.get(filename);
  }

  remove(): void {
    this.#remove();
  }
}
