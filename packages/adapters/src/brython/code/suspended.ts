import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals } from '../host.ts';
import { onNode } from './compiler.ts';

/** Begins the names by which a generator's frame has what its loops go over, and what it delegates to. */
export const suspendedPrefix = '$tracemalloc_';

/**
 * Lets a frame show what only JavaScript's variables hold while its generator waits: what a loop goes over that
 * yields, and the generator that `yield from` hands over to. Each is shown for as long as that variable has it,
 * and what ends by an exception shows nothing.
 */
export function showSuspended($B: BrythonInternals, restorer: Restorer): void {
  onNode($B, restorer, 'For', (_, write) => {
    const js = write();
    const [head = '', id] = /^[ \t]*for\((?:var )?next_(\w+) of [^\n]*\n/m.exec(js) ?? [];
    if (id === undefined || !/\byield\b/.test(js)) return js;
    const at = js.indexOf(head);
    const name = `frame.${suspendedPrefix}${id}`;
    const loop = head.replace(`(iterator_${id},`, `(${name} = iterator_${id},`);
    return `${js.slice(0, at)}try {\n${loop}${js.slice(at + head.length)}\n} finally {\n${name} = null\n}\n`;
  });
  onNode($B, restorer, 'YieldFrom', (_, write) => {
    const js = write();
    const id = /\bvar _i(\w+) = _b_\.iter\(/.exec(js)?.[1];
    const start = js.indexOf('{');
    const end = js.lastIndexOf('}');
    if (id === undefined || start < 0 || end < start) return js;
    const name = `frame.${suspendedPrefix}${id}`;
    const body = js.slice(start + 1, end).replace(`var _i${id} = `, `var _i${id} = ${name} = `);
    return `${js.slice(0, start)}{\ntry {${body}} finally {\n${name} = null\n}\n${js.slice(end)}`;
  });
}
