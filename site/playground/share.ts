import type { HostName } from './protocol.ts';

/** A program as a link has it. */
export type Shared = { readonly host: HostName; readonly source: string };

/** Bytes of a program in UTF-8 that a link may hold; characters of the link itself. */
const mostBytes = 100_000;
const mostCharacters = 60_000;

const pattern = /^#run=(skulpt|brython|pyodide|lua)\.([A-Za-z0-9_-]+)$/;

/**
 * The hash of a link to a program.
 * @throws RangeError for a program that is too long for one.
 */
export async function toHash({ host, source }: Shared): Promise<string> {
  const bytes = new TextEncoder().encode(source);
  const packed = await through(new CompressionStream('deflate-raw'), bytes, Infinity);
  const hash = `#run=${host}.${toBase64(packed)}`;
  if (bytes.length <= mostBytes && hash.length <= mostCharacters) return hash;
  throw new RangeError(
    `the program is too long for a link: ${bytes.length} bytes, of which there may be ${mostBytes}, packed ${hash.length} characters, of which there may be ${mostCharacters}`,
  );
}

/**
 * The program that a hash names; `null`: it names none.
 * @throws Error for one that is too long, damaged, or not text. Nothing of it is run.
 */
export async function fromHash(hash: string): Promise<Shared | null> {
  if (!hash.startsWith('#run=')) return null;
  if (hash.length > mostCharacters) {
    throw new RangeError(`it has ${hash.length} characters, and may have ${mostCharacters}`);
  }
  const [, host, text] = pattern.exec(hash) ?? [];
  if (host === undefined || text === undefined) throw new Error('it is damaged');
  const bytes = await through(new DecompressionStream('deflate-raw'), fromBase64(text), mostBytes);
  const source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return { host: host as HostName, source };
}

/** Reads no more than so many bytes, whatever a few packed ones stand for. */
async function through(
  stream: CompressionStream | DecompressionStream,
  input: Uint8Array<ArrayBuffer>,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = stream.writable.getWriter();
  // What is wrong is said by the reader.
  const written = writer.write(input).then(() => writer.close());
  written.catch(() => undefined);
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`it holds more than ${most} bytes`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
