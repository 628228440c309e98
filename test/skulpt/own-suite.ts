/**
 * Runs Skulpt's own unit tests in a Skulpt as it comes and in one that is attached and tracing, and
 * compares what they print. All of them:
 * `node --conditions=@tracemalloc/source --import=tsx test/skulpt/own-suite.ts [--min] [--tests folder] [name ...]`.
 * SKULPT_BUILD names the folder of another build, `--tests` that of another version's test/unit3.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { attachSkulpt, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { createSkulpt } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { buildOf } from '../../packages/adapters/test/skulpt/new-skulpt.ts';

type Host = SkulptHost & {
  configure(options: object): void;
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
  readonly misceval: { asyncToPromise(work: () => unknown): Promise<unknown> };
  /** The adapter's record of the guest's stack, once it is attached. */
  readonly $tracemalloc?: { stamp(): number };
};

type SuiteRun = {
  /** What the suite printed, with its uncaught error. */
  readonly output: string;
  /** How many objects were stamped with the line that made them. */
  readonly allocations: number;
};

const packaged = join(
  createRequire(import.meta.url).resolve('skulpt/package.json'),
  '../test/unit3',
);

/** Addresses are not the same twice. */
const passing = /0x[\da-f]+/g;

/** Names of the suites in a folder, without `.py`. */
export function suitesIn(folder: string = packaged): string[] {
  return readdirSync(folder)
    .filter((name) => /^test_.*\.py$/.test(name))
    .map((name) => name.slice(0, -3));
}

export async function runSuite(
  name: string,
  { minified, traced, folder = packaged }: { minified: boolean; traced: boolean; folder?: string },
): Promise<SuiteRun> {
  const Sk = createSkulpt(buildOf({ minified })) as Host;
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
  const stamped = { count: 0 };
  if (traced) {
    attachSkulpt(Sk, tracer);
    countStamps(Sk, stamped);
    tracer.start(25);
  }
  const source = readFileSync(join(folder, `${name}.py`), 'utf8');
  try {
    await Sk.misceval.asyncToPromise(() => Sk.importMainWithBody(name, false, source, true));
  } catch (error) {
    output += `\nuncaught: ${String(error)}`;
  }
  if (traced) tracer.takeSnapshot();
  return { output: output.replace(passing, '0x'), allocations: stamped.count };
}

function countStamps({ $tracemalloc: stack }: Host, stamped: { count: number }): void {
  if (stack === undefined) return;
  const stamp = stack.stamp.bind(stack);
  stack.stamp = () => {
    stamped.count++;
    return stamp();
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { min: { type: 'boolean', default: false }, tests: { type: 'string' } },
    allowPositionals: true,
  });
  const folder = values.tests ?? packaged;
  const chosen = positionals.length > 0 ? positionals : suitesIn(folder);
  const different: string[] = [];
  let allocations = 0;
  for (const name of chosen) {
    const plain = await runSuite(name, { minified: values.min, traced: false, folder });
    const traced = await runSuite(name, { minified: values.min, traced: true, folder });
    allocations += traced.allocations;
    if (traced.output !== plain.output) different.push(name);
  }
  const result = `${chosen.length} files, ${allocations} allocations traced, ${different.length} print something else`;
  process.stdout.write(`${[result, ...different].join(' ')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
