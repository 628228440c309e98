import type { Snapshot } from '@tracemalloc/core';
import { TextWriter } from '../shared/text-writer.ts';
import { encodeMessage } from './encode.ts';
import { profilesData } from './profiles.ts';

/** What {@link dumpOtlp} writes. */
export type OtlpOptions = {
  /** `protobuf` (default), or OTLP's JSON. */
  readonly encoding?: 'protobuf' | 'json';
  /** `service.name` of the resource. Default: `tracemalloc`. */
  readonly service?: string;
};

/**
 * EXPERIMENTAL, as the signal itself is: a snapshot as OpenTelemetry's ProfilesData (v1development
 * of 2026-08-18), which is also the body of a request to a collector. A profile of bytes and one of
 * blocks for each metric that is known; a sample a site, with `tracemalloc.domain`,
 * `tracemalloc.type` and `tracemalloc.label` as attributes. The same bytes for the same snapshot.
 *
 * @throws RangeError for another encoding.
 */
export function dumpOtlp(snapshot: Snapshot, options: OtlpOptions = {}): Uint8Array {
  const { encoding = 'protobuf', service = 'tracemalloc' } = options;
  const data = profilesData(snapshot.data, service);
  if (encoding === 'protobuf') return encodeMessage('ProfilesData', data);
  if (encoding !== 'json') {
    throw new RangeError(`encoding must be protobuf or json, got ${JSON.stringify(encoding)}`);
  }
  const writer = new TextWriter();
  // In protobuf's JSON, 64 bits are a text.
  writer.write(
    JSON.stringify(data, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
  writer.write('\n');
  return writer.finish();
}
