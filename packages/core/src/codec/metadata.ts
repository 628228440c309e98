import { describe } from '../base/check.ts';
import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';
import { corrupt } from './corrupt.ts';

/** How deep metadata may nest: deeper is a cycle, or an attack on a recursive reader. */
const maxDepth = 100;

/**
 * Metadata as JSON text: JSON-like is what metadata is by its type, JSON escapes lone surrogates
 * (a msgpack string cannot hold them), and its parser touches no prototype.
 * @throws TypeError when a value is not JSON-like; RangeError when it nests deeper than 100.
 */
export function encodeMetadata(metadata: SnapshotMetadata): string {
  checkEncodable(metadata, 'metadata', 0);
  return JSON.stringify(metadata);
}

/** @throws TracemallocError `corrupt` */
export function decodeMetadata(text: string, offset: number): SnapshotMetadata {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt('metadata is not JSON', offset);
  }
  if (!isRecord(value)) throw corrupt('metadata is not a JSON object', offset);
  if (isSound(value, maxDepth)) return value;
  throw corrupt(`metadata nests deeper than ${maxDepth} or holds a number like 1e999`, offset);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkEncodable(value: unknown, path: string, depth: number): void {
  if (depth > maxDepth) {
    throw new RangeError(`metadata must nest at most ${maxDepth} deep, and ${path} is deeper`);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      checkEncodable(item, `${path}[${index}]`, depth + 1);
    return;
  }
  if (!isPlainObject(value)) {
    throw new TypeError(`${path} must be a JSON value to be saved, got ${describe(value)}`);
  }
  for (const [key, item] of Object.entries(value)) {
    // As in JSON, a field that is undefined is a field that is not there.
    if (item !== undefined) checkEncodable(item, `${path}.${key}`, depth + 1);
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || typeof Reflect.get(value, 'toJSON') === 'function') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype; both end the chain.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a file gave must be such that it can be saved again: JSON.parse makes 1e999 infinite. */
function isSound(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((item) => isSound(item, depth - 1));
}
