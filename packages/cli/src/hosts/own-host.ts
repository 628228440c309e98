import { accessSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { CliError, exitStatus } from '../cli-error.ts';
import { reason } from '../reason.ts';
import type { Ended, Guest, Host } from './host.ts';

/** Whether `--interpreter` names a file rather than an interpreter that comes with the command. */
export function isModulePath(name: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/i.test(name);
}

/**
 * Somebody's own interpreter: the default export of a module. What it does wrong ends the command
 * with a message that names the module and the step.
 *
 * @throws CliError when the module can't be loaded, or exports no {@link Host}.
 */
export async function loadOwnHost(path: string, cwd: string): Promise<Host> {
  return new OwnHost(path).load(cwd);
}

/** Looks at all that a module of somebody else gives back. */
class OwnHost {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async load(cwd: string): Promise<Host> {
    const file = resolve(cwd, this.#path);
    try {
      accessSync(file);
    } catch (error) {
      throw this.#error(`can't be loaded: ${reason(error)}`);
    }
    const module = await this.#step("can't be loaded", () => import(pathToFileURL(file).href));
    const host: unknown = module.default;
    if (!hasFunction(host, 'attach')) {
      throw this.#error(
        `has no default export with a function attach: export default { attach(launch) { … } }, got ${shown(host)}`,
      );
    }
    const { endings = [] } = host as Host;
    const isEnding = (ending: unknown) => typeof ending === 'string' && /^\.[^\\/]+$/.test(ending);
    if (!Array.isArray(endings) || !endings.every(isEnding)) {
      throw this.#error(`has endings that are no array of texts such as '.lua': ${shown(endings)}`);
    }
    return {
      endings: endings.map((ending: string) => ending.toLowerCase()),
      attach: async (launch) => {
        const guest = await this.#step('failed in attach', () => (host as Host).attach(launch));
        return this.#guest(guest);
      },
    };
  }

  #guest(guest: Guest): Guest {
    if (!hasFunction(guest, 'run')) {
      throw this.#error(`gave no object with a function run for attach, but ${shown(guest)}`);
    }
    for (const name of ['install', 'settle', 'settleLater'] as const) {
      if (guest[name] === undefined || hasFunction(guest, name)) continue;
      throw this.#error(`gave ${shown(guest[name])} as ${name}, which is a function or left out`);
    }
    const settle = () => (guest.settleLater === undefined ? guest.settle?.() : guest.settleLater());
    return {
      ...(guest.heap !== undefined && { heap: guest.heap }),
      install: () => this.#step('failed in install', async () => guest.install?.()),
      run: async () => this.#ended(await this.#step('failed in run', () => guest.run())),
      settleLater: () => this.#step('failed in settle', settle),
    };
  }

  #ended(ended: Ended | undefined): Ended {
    const { exitCode, snapshot } = ended ?? {};
    if (!Number.isInteger(exitCode) || exitCode! < 0 || exitCode! > 255) {
      throw this.#error(
        `gave no { exitCode } for run, an integer in 0..255, but ${shown(exitCode)}`,
      );
    }
    if (snapshot === undefined || snapshot === null || hasFunction(snapshot, 'filterTraces')) {
      return ended!;
    }
    throw this.#error(`gave ${shown(snapshot)} as snapshot, which is a Snapshot, null or left out`);
  }

  async #step<T>(failure: string, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw this.#error(`${failure}: ${error instanceof Error ? error.stack : inspect(error)}`);
    }
  }

  #error(what: string): CliError {
    return new CliError(exitStatus.error, `the interpreter ${this.#path} ${what}`);
  }
}

function hasFunction(value: unknown, name: string): boolean {
  return typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function';
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60 });
}
