import type { SkulptHost } from '../host.ts';

type Compile = (source: string, filename: string, ...rest: unknown[]) => unknown;

/** The text of what Skulpt compiles, by file name: Skulpt itself forgets it. */
export class CompiledSources {
  readonly #texts: Map<string, string> = new Map();
  readonly #remove: () => void;

  constructor(Sk: SkulptHost) {
    const compiler = Sk as unknown as { compile: Compile };
    const { compile } = compiler;
    const ours: Compile = (source, filename, ...rest) => {
      this.#texts.set(filename, source);
      return compile.call(compiler, source, filename, ...rest);
    };
    compiler.compile = ours;
    this.#remove = () => {
      if (compiler.compile === ours) compiler.compile = compile;
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
