import type { Tracer } from '@tracemalloc/core';
import {
  framesKept,
  mainFile,
  type Python,
  type Report,
  type RunOptions,
  type RunResult,
} from '../page-parts/program-page.ts';
import { describeError, describeStop } from './errors.ts';
import type { Skulpt, Suspension } from './skulpt.ts';
import { Turns } from './turns.ts';

/** Milliseconds that a program runs between two turns of the page. */
const turnEvery = 50;

/** Milliseconds without a turn: class bodies and calls out of native code can't be interrupted. */
const longestStretch = 10_000;

/** Bytes that a program may keep, as CPython counts them: of a traced one, nobody else knows. */
const memoryLimit = 32 * 2 ** 20;

/** Errors for memory, in a row and in all, after which a program is stopped that goes on through them. */
const mostInARow = 20;
const mostInAll = 200;
const wentOn = 'MemoryError: the program went on through errors for memory without an end';

/** Thrown out of a run that was stopped: the guest does not get to see it. */
class Stopped {
  readonly at: Suspension | null;
  readonly why: string;

  constructor(at: Suspension | null, why: string) {
    this.at = at;
    this.why = why;
  }
}

/** Runs programs in Skulpt, one at a time. */
export class SkulptPython implements Python {
  readonly #Sk: Skulpt;
  readonly #tracer: Tracer;
  readonly #turns: Turns;
  #stop: ((why: string) => void) | null = null;
  #print: (text: string) => void = () => undefined;

  constructor(Sk: Skulpt, tracer: Tracer) {
    this.#Sk = Sk;
    this.#tracer = tracer;
    this.#turns = new Turns(Sk, turnEvery);
    this.#configure();
  }

  get isRunning(): boolean {
    return this.#stop !== null;
  }

  /** Ends the run at the next turn of the page. */
  stop(): void {
    this.#stop?.('KeyboardInterrupt');
  }

  /** Resolves when the program has ended, in whatever way. */
  async run(source: string, options: RunOptions): Promise<RunResult> {
    const tracer = this.#tracer;
    this.#print = options.print;
    tracer.stop();
    tracer.setLimit(memoryLimit, ({ refusals, allRefusals }) => {
      if (refusals >= mostInARow || allRefusals >= mostInAll) this.#stop?.(wentOn);
    });
    if (options.trace) tracer.start(framesKept);
    const began = performance.now();
    const report = await this.#runToItsEnd(source);
    const seconds = (performance.now() - began) / 1000;
    const snapshot = tracer.isTracing() ? tracer.takeSnapshot() : null;
    const { peak } = tracer.getTracedMemory();
    tracer.stop();
    return { seconds, report, snapshot, peak };
  }

  /** A file of the last program: itself, or a module of Skulpt's library. */
  libraryFile(filename: string): string | undefined {
    return this.#Sk.builtinFiles.files[filename];
  }

  #configure(): void {
    const { files } = this.#Sk.builtinFiles;
    this.#Sk.configure({
      __future__: this.#Sk.python3,
      output: (text: string) => this.#print(text),
      read(name: string) {
        const text = files[name];
        if (text === undefined) throw new Error(`File not found: ${name}`);
        return text;
      },
      inputfun: (prompt: string) => window.prompt(prompt) ?? '',
      inputfunTakesPrompt: true,
      execLimit: longestStretch,
      timeoutMsg: () => `it ran for ${longestStretch / 1000} s where it can't be interrupted`,
    });
  }

  async #runToItsEnd(source: string): Promise<Report | null> {
    const Sk = this.#Sk;
    let waiting: Suspension | null = null;
    const stopped = new Promise<never>((_, reject) => {
      this.#stop = (why) => reject(new Stopped(waiting, why));
    });
    const goOn = async (suspension: Suspension): Promise<unknown> => {
      waiting = suspension;
      // A run that was stopped is not resumed, whatever it waited for.
      await Promise.race([waited(suspension), stopped]);
      waiting = null;
      this.#turns.begin();
      return suspension.resume();
    };
    this.#turns.begin();
    try {
      const main = () => Sk.importMainWithBody(mainFile.slice(0, -3), false, source, true);
      await Sk.misceval.asyncToPromise(main, { '*': goOn });
      return null;
    } catch (error) {
      const sourceOf = (filename: string): string | undefined =>
        filename === mainFile ? source : this.libraryFile(filename);
      if (error instanceof Stopped) return describeStop(error, sourceOf);
      return describeError(error, Sk, sourceOf);
    } finally {
      this.#stop = null;
      stopped.catch(() => undefined);
    }
  }
}

/** What a suspension waits for: its promise, or only a turn of the page. */
async function waited({ data }: Suspension): Promise<void> {
  if (data.promise === undefined) {
    await new Promise((resolve) => setTimeout(resolve));
    return;
  }
  try {
    data.result = await data.promise;
  } catch (error) {
    data.error = error;
  }
}
