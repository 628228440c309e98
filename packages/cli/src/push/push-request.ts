import { gzipSync } from 'node:zlib';
import type { Snapshot } from '@tracemalloc/core';
import { dumpOtlp } from '@tracemalloc/formats/otlp';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import type { Protocol } from './protocols.ts';

/** What a server is told besides the snapshot. */
export type PushNames = {
  /** What the profiles are found by: `service.name`, or Pyroscope's name. */
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The moment of the snapshot, in milliseconds since 1970, and how long it stands for. */
  readonly time: number;
  readonly seconds: number;
};

/** A request, complete. */
export type PushRequest = {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
};

/** The request that a server of a kind understands. @param url as its manual has it, with its path. */
export function pushRequest(
  snapshot: Snapshot,
  url: string,
  protocol: Protocol,
  names: PushNames,
): PushRequest {
  if (protocol === 'pyroscope') return pyroscopeRequest(snapshot, url, names);
  const named = snapshot.withMetadata({ time: names.time });
  const encoding = protocol === 'otlp' ? 'protobuf' : 'json';
  return {
    url,
    contentType: protocol === 'otlp' ? 'application/x-protobuf' : 'application/json',
    body: dumpOtlp(named, { encoding, service: names.service }),
  };
}

/** A profile of pprof by HTTP: what it is called is in the query. */
function pyroscopeRequest(snapshot: Snapshot, url: string, names: PushNames): PushRequest {
  const { service, labels, time, seconds } = names;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const target = new URL(url);
  const until = Math.floor(time / 1000);
  const fields = {
    name: pairs.length === 0 ? service : `${service}{${pairs.join(',')}}`,
    format: 'pprof',
    from: `${until - seconds}`,
    until: `${until}`,
  };
  for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
  return {
    url: target.href,
    contentType: 'application/octet-stream',
    body: dumpPprof(snapshot, { gzip: gzipSync }),
  };
}
