import { TracemallocError } from '@tracemalloc/core';
import { loadPickle } from '@tracemalloc/formats/pickle';

export type Part = string | number | readonly number[] | Uint8Array;

/** A pickle from opcodes: letters and texts as Latin-1, numbers as bytes. */
export function pickle(...parts: Part[]): Uint8Array {
  const bytes = parts.map((part) => {
    if (typeof part === 'string') return Buffer.from(part, 'latin1');
    return Buffer.from(typeof part === 'number' ? [part] : part);
  });
  return new Uint8Array(Buffer.concat(bytes));
}

export const uint32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
export const text8 = (value: string): Uint8Array => pickle(0x8c, value.length, value);
export const newObject = (name: string): Uint8Array =>
  pickle(text8('tracemalloc'), text8(name), 0x93, ')', 0x81);

/** A snapshot whose list of traces and whose further attributes are given as opcodes. */
export function snapshotPickle(traces: Part[], attributes: Part[] = []): Uint8Array {
  const holder = pickle(newObject('_Traces'), '}', text8('_traces'), ...traces, 'sb');
  const limit = pickle(text8('traceback_limit'), 'K', 1);
  return pickle(
    [0x80, 4],
    newObject('Snapshot'),
    '}(',
    text8('traces'),
    holder,
    limit,
    ...attributes,
    'ub.',
  );
}

export const frame = pickle(text8('a.py'), 'K', 3, 0x86);
export const trace = pickle('(K', 0, 'K', 10, frame, 0x85, 'K', 1, 't');

export function errorOf(bytes: Uint8Array): { code: string; message: string; offset: unknown } {
  try {
    loadPickle(bytes);
  } catch (error) {
    if (!(error instanceof TracemallocError)) throw error;
    const { code, message, details } = error;
    return { code, message, offset: details['offset'] };
  }
  throw new Error('it was read');
}
