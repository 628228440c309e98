/**
 * Runs Skulpt's own unit tests in a Skulpt as npm has it and in one that is attached and tracing, and
 * compares what they print. All of them:
 * `node --conditions=@tracemalloc/source --import=tsx test/skulpt/own-suite.ts [--min] [name ...]`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { attachSkulpt, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';

type Host = SkulptHost & {
  configure(options: object): void;
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
  readonly misceval: { asyncToPromise(work: () => unknown): Promise<unknown> };
};

const folder = join(createRequire(import.meta.url).resolve('skulpt/package.json'), '../test/unit3');

/** Addresses are not the same twice. */
const passing = /0x[\da-f]+/g;

/** Names of the suites, without `.py`. */
export const suites: readonly string[] = readdirSync(folder)
  .filter((name) => /^test_.*\.py$/.test(name))
  .map((name) => name.slice(0, -3));

/** What a suite prints, with its uncaught error. */
export async function runSuite(name: string, minified: boolean, traced: boolean): Promise<string> {
  const Sk = createSkulpt(readSkulptBuild({ minified })) as Host;
  let output = '';
  Sk.configure({
    output(text: string) {
      output += text;
    },
    read(file: string) {
      const text = Sk.builtinFiles.files[file];
      if (text !== undefined) return text;
      const path = join(folder, file.replace(/^\.?\//, ''));
      if (existsSync(path)) return readFileSync(path, 'utf8');
      throw new Error(`no file ${file}`);
    },
    __future__: Sk.python3,
  });
  const tracer = new Tracer();
  if (traced) {
    attachSkulpt(Sk, tracer);
    tracer.start(25);
  }
  const source = readFileSync(join(folder, `${name}.py`), 'utf8');
  try {
    await Sk.misceval.asyncToPromise(() => Sk.importMainWithBody(name, false, source, true));
  } catch (error) {
    output += `\nuncaught: ${String(error)}`;
  }
  if (traced) tracer.takeSnapshot();
  return output.replace(passing, '0x');
}

async function main(args: readonly string[]): Promise<void> {
  const minified = args.includes('--min');
  const named = args.filter((arg) => arg !== '--min');
  const chosen = named.length > 0 ? named : suites;
  const different: string[] = [];
  for (const name of chosen) {
    const plain = await runSuite(name, minified, false);
    if ((await runSuite(name, minified, true)) !== plain) different.push(name);
  }
  const result = `${chosen.length} suites, ${different.length} print something else`;
  process.stdout.write(`${[result, ...different].join(' ')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
