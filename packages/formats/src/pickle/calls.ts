import { badPickle } from './bad-pickle.ts';
import type { PickleMachine } from './machine.ts';
import {
  isTuple,
  itemsOf,
  PyClass,
  PyInstance,
  PyOpaque,
  PySet,
  type PyValue,
} from './py-value.ts';

/**
 * What is told from the names and arguments of calls, of which none is ever made: data that older
 * protocols write as calls, and snapshots. Anything else is opaque.
 */
const plainCalls: Readonly<Record<string, (args: readonly PyValue[]) => PyValue | undefined>> = {
  set: ([items]) => setOf(items, false),
  frozenset: ([items]) => setOf(items, true),
  bytearray: ([source]) => bytesOf(source),
  bytes: ([source]) => bytesOf(source),
};

/** What calling a class or a function would make. */
export function called(
  machine: PickleMachine,
  callable: PyValue,
  args: readonly PyValue[],
): PyValue {
  if (callable instanceof PyOpaque) return callable;
  if (!(callable instanceof PyClass)) throw machine.fail('it calls something');
  const { path } = callable;
  // Protocols 0 and 1 build objects by copyreg._reconstructor(class, object, None).
  if (/^copy_?reg\._reconstructor$/.test(path)) return reconstructed(machine, args);
  if (isOurs(path)) throw machine.fail('it calls a class of tracemalloc');
  // Protocols below 3 write bytes as _codecs.encode(text, 'latin1').
  const name =
    path === '_codecs.encode' ? 'bytes' : /^(?:builtins|__builtin__)\.(\w+)$/.exec(path)?.[1];
  if (name === 'object') throw machine.fail('it builds no snapshot');
  const plain =
    name !== undefined && Object.hasOwn(plainCalls, name) ? plainCalls[name] : undefined;
  return plain?.(args) ?? new PyOpaque(path);
}

/** What `class.__new__(class, *args)` would make. */
export function newInstance(machine: PickleMachine, type: PyValue, args: PyValue): PyValue {
  if (!(type instanceof PyClass) || !isTuple(args)) throw machine.fail('it builds no snapshot');
  if (!isOurs(type.path)) return called(machine, type, args);
  if (args.length > 0) throw machine.fail('it builds no snapshot');
  return new PyInstance(type.path === 'tracemalloc.Snapshot' ? 'Snapshot' : '_Traces');
}

/** Refuses what is named as if it were a snapshot. */
export function refused(path: string, offset: number): Error {
  const at = path.lastIndexOf('.');
  const what = `it names ${shownName(path)}, and only tracemalloc.Snapshot is ever built from a pickle`;
  const details = { module: path.slice(0, at), name: path.slice(at + 1) };
  return badPickle(what, offset, 'refused-class', details);
}

/** A name of a pickle as a message may show it: what acts on a terminal is escaped. */
export function shownName(name: string): string {
  const short = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  return short.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

function isOurs(path: string): boolean {
  return path === 'tracemalloc.Snapshot' || path === 'tracemalloc._Traces';
}

function reconstructed(machine: PickleMachine, [type, base, state]: readonly PyValue[]): PyValue {
  if (!(base instanceof PyClass) || !/^(?:builtins|__builtin__)\.object$/.test(base.path)) {
    if (type instanceof PyClass && !isOurs(type.path)) return new PyOpaque(type.path);
    throw machine.fail('it rebuilds something that is no plain object');
  }
  if (state !== null) throw machine.fail('it rebuilds something that is no plain object');
  return newInstance(machine, type ?? null, []);
}

function setOf(items: PyValue | undefined, isFrozen: boolean): PyValue | undefined {
  if (items === undefined) return new PySet([], isFrozen);
  const list = itemsOf(items);
  return list === null ? undefined : new PySet([...list], isFrozen);
}

function bytesOf(source: PyValue | undefined): PyValue | undefined {
  if (source === undefined) return new Uint8Array(0);
  if (source instanceof Uint8Array) return source;
  if (typeof source !== 'string') return undefined;
  return Uint8Array.from(source, (character) => character.charCodeAt(0) & 0xff);
}
