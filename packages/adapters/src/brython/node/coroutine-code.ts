import type { BrythonInternals } from '../host.ts';
import { Coroutines } from './coroutines.ts';

const awaitMember = '$tracemalloc_await';
const itemMember = '$tracemalloc_item';

/**
 * Makes coroutines what they are in CPython: something that `send` resumes and that says what it
 * waits for. Brython compiles them to JavaScript's, which no loop of the guest's can run: whoever
 * waits for one has to end before it goes on. `browser.aio` still runs them by promises.
 */
export function installCoroutines($B: BrythonInternals): void {
  const compile = $B.js_from_root;
  $B.js_from_root = (argument) => {
    const generated = compile(argument);
    const js = String(generated.js);
    return js.includes('async ') ? { ...generated, js: withGenerators(js) } : generated;
  };
  const runtime = new Coroutines($B);
  Object.defineProperty($B, itemMember, {
    configurable: true,
    set: () => {
      runtime.hasItem = true;
    },
  });
  $B[awaitMember] = (value: unknown) => runtime.await(value);
  runtime.install();
}

/** Coroutines as generators; in asynchronous ones, what is yielded as an item says so. */
function withGenerators(js: string): string {
  return js
    .replaceAll(
      /^([ \t]*)var (gen_\w+) = async function\*\(\)\{\n([\s\S]*?)^\1\2 = \$B\.async_generator/gm,
      (_, indent: string, name: string, body: string) =>
        `${indent}var ${name} = function*(){\n${body.replaceAll(/\byield (?!\*)/g, `yield $B.${itemMember} = `)}${indent}${name} = $B.async_generator`,
    )
    .replaceAll(/^([ \t]*)async function ([\w$\p{ID_Continue}]+)\(/gmu, '$1function* $2(')
    .replaceAll('(async function(expr)', 'yield* (function*(expr)')
    .replaceAll('await $B.promise(', `yield* $B.${awaitMember}(`);
}
