import { hashOf, type Part } from '../../python/node/installed.ts';
import { instrumenterVersion } from '../versions.ts';
import { keepCode, readCode } from './code-cache.ts';

/**
 * The instrumented form of a brython.js, from the cache where there is one: without, every process
 * instruments anew, which takes about a second.
 *
 * @throws TracemallocError as `instrumentBrython` does.
 */
export async function instrumentedSource(
  { text, hash }: Part,
  cacheFolder: string | null,
): Promise<string> {
  const name = `brython-${hashOf(`instrumenter ${instrumenterVersion}`, hash)}.js`;
  const kept = readCode(cacheFolder, name);
  if (kept !== null) return kept;
  const { instrumentBrython } = await import('../code/instrument.ts');
  const { code } = instrumentBrython(text);
  keepCode(cacheFolder, name, code);
  return code;
}
