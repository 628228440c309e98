import { codecOf, markOf, swapped } from '../../python/node/codecs.ts';
import { decode, encode, handlers, TextError } from '../../python/node/text-errors.ts';
import { isWellFormed } from '../../python/node/well-formed.ts';
import type { BrythonInternals } from '../host.ts';
import { raiseTextError } from './file-functions.ts';
import type { GuestValues } from './guest-values.ts';

/** Members of `$B`: what Brython's own `encode` and `decode` ask first. */
const encodeMember = '$tracemalloc_encode';
const decodeMember = '$tracemalloc_decode';

/**
 * Brython's `str.encode` and `bytes.decode` know few encodings and handlers of errors, take a lone
 * surrogate for text and raise errors without their parts. The codecs of files know better.
 */
export function textCodecs(brython: string): string {
  return brython
    .replace(
      'var t=[],pos=0,enc=normalise(encoding)',
      `var known=$B.${encodeMember}?.(s,encoding,errors)
if(known!==undefined){return known}
$&`,
    )
    .replace(
      'var decode=$B.decode=function(obj,encoding,errors){',
      `$&
var known=$B.${decodeMember}?.(obj,encoding,errors)
if(known!==undefined){return known}
`,
    );
}

/** Answers for what {@link textCodecs} asks. */
export function installTextCodecs($B: BrythonInternals, values: GuestValues): void {
  const attempt = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      return raiseTextError(values, error);
    }
  };
  /** Brython's default for either is no guest value. */
  const named = (encoding: unknown, errors: unknown): { name: string; handler: string } | null => {
    if (encoding !== undefined && !values.isText(encoding)) return null;
    if (errors !== undefined && !values.isText(errors)) return null;
    const name = encoding === undefined ? 'utf-8' : values.textOf(encoding);
    const handler = errors === undefined ? 'strict' : values.textOf(errors);
    return handlers.has(handler) ? { name, handler } : null;
  };
  Object.assign($B, {
    [encodeMember](text: unknown, encoding: unknown, errors: unknown): unknown {
      const asked = values.isText(text) ? named(encoding, errors) : null;
      if (asked === null) return undefined;
      const codec = codecOf(asked.name);
      if (codec === null) return undefined;
      const string = values.textOf(text);
      // Brython's own way is right then, and as fast.
      if (codec.name === 'utf-8' && markOf(asked.name) === null && isWellFormed(string)) {
        return undefined;
      }
      return attempt(() => {
        const bytes = encode(codec, string, asked.handler);
        const mark = markOf(asked.name);
        return values.bytes(mark === null ? bytes : Buffer.concat([mark, bytes]));
      });
    },
    [decodeMember](object: unknown, encoding: unknown, errors: unknown): unknown {
      const asked = named(encoding, errors);
      const bytes = asked === null ? null : values.bytesOf(object);
      return asked === null || bytes === null
        ? undefined
        : attempt(() => decoded(values, bytes, asked.name, asked.handler));
    },
  });
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `undefined` for an encoding that is not known here. */
function decoded(values: GuestValues, bytes: Uint8Array, name: string, handler: string): unknown {
  const known = codecOf(name);
  if (known === null) return undefined;
  const mark = markOf(name);
  // What is read is of one order of bytes, and errors say so.
  const codec =
    mark === null || known.name === 'utf-8' ? known : (codecOf(`${known.name}-le`) ?? known);
  const begins = (other: Uint8Array): boolean => other.every((byte, i) => bytes[i] === byte);
  if (mark === null) {
    if (codec.name !== 'utf-8') return values.text(decode(codec, bytes, handler, true).text);
    try {
      return values.text(strict.decode(bytes));
    } catch {
      return values.text(decode(codec, bytes, handler, true).text);
    }
  }
  if (begins(mark)) {
    // Of UTF-8 with a mark Python counts what follows it.
    return codec.name === 'utf-8'
      ? values.text(decode(codec, bytes.subarray(mark.length), handler, true).text)
      : values.text(decode(codec, bytes, handler, true, mark.length).text);
  }
  const isSwapped = codec.name !== 'utf-8' && begins(Uint8Array.from(mark).reverse());
  return isSwapped
    ? values.text(decode(swapped(codec), bytes, handler, true, mark.length).text)
    : values.text(decode(codec, bytes, handler, true).text);
}
