import { Snapshot, TracemallocError } from '@tracemalloc/core';
import { type GuestTypes, guestValueOf, type PlainValue, plainAttribute } from './attributes.ts';
import { attributesField, type SnapshotCodec } from './codec.ts';
import { type GuestFiles, onFile } from './guest-files.ts';
import type { GuestValue, NativeModule, PythonHost } from './python-host.ts';
import type { TraceHolder } from './trace-holder.ts';

const NFRAME_MAX = 65535;

/** `Snapshot.dump` and `Snapshot.load`. */
export function fileFunctions(
  host: PythonHost,
  holder: TraceHolder,
  files: GuestFiles,
  codec: SnapshotCodec | null | undefined,
): NativeModule {
  const needed = (): SnapshotCodec =>
    codec ??
    host.raise(
      'RuntimeError',
      'snapshots have no file format here: whoever installed the module must give it a codec ' +
        '({ codec: snapshotCodec })',
    );
  return {
    dump: ([filename, traces, list, limit, attributes]) => {
      const snapshot = holder.snapshotOf(traces, list);
      if (snapshot === null) {
        return host.raise(
          'ValueError',
          'cannot dump these traces: each must be a tuple (domain, size, frames, total_nframe) ' +
            'with int sizes from 0 to 2**53 - 1 and at least one (filename, lineno)',
        );
      }
      const bytes = needed().encode(withAttributes(host, snapshot, limit, attributes));
      const path = host.text(filename);
      onFile(host, path, () => files.write(path, bytes));
      return host.none;
    },
    load: ([filename, traces, set, frozenset, bytes]) => {
      const path = host.text(filename);
      const format = needed();
      const content = onFile(host, path, () => files.read(path));
      const warnings: string[] = [];
      const snapshot = decoded(host, format, path, content, (message) => {
        warnings.push(`${path}: ${message}`);
      });
      holder.hold(traces, snapshot);
      return host.tuple([
        host.int(snapshot.tracebackLimit),
        attributesOf(host, snapshot, { set, frozenset, bytes }),
        host.list(warnings.map((message) => host.str(message))),
      ]);
    },
  };
}

function decoded(
  host: PythonHost,
  codec: SnapshotCodec,
  path: string,
  bytes: Uint8Array,
  onWarning: (message: string) => void,
): Snapshot {
  try {
    return codec.decode(bytes, onWarning);
  } catch (error) {
    if (!(error instanceof TracemallocError) && !(error instanceof RangeError)) throw error;
    return host.raise('ValueError', `${path}: ${error.message}`);
  }
}

function withAttributes(
  host: PythonHost,
  snapshot: Snapshot,
  limit: GuestValue,
  attributes: GuestValue,
): Snapshot {
  const nframe = host.kind(limit) === 'int' ? Number(host.number(limit)) : Number.NaN;
  if (!(nframe >= 1 && nframe <= NFRAME_MAX)) {
    host.raise('ValueError', `cannot dump: traceback_limit must be an int in 1 to ${NFRAME_MAX}`);
  }
  const { [attributesField]: _, ...metadata } = snapshot.metadata;
  const plain: Record<string, PlainValue> = Object.create(null);
  for (const [name, value] of host.entries(attributes)) {
    plain[host.text(name)] = plainAttribute(host, host.text(name), value);
  }
  const kept =
    Object.keys(plain).length > 0 ? { ...metadata, [attributesField]: { ...plain } } : metadata;
  return Snapshot.fromData({ ...snapshot.data, tracebackLimit: nframe, metadata: kept });
}

function attributesOf(host: PythonHost, snapshot: Snapshot, types: GuestTypes): GuestValue {
  const attributes = snapshot.metadata[attributesField];
  const isRecord =
    typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes);
  const entries = isRecord ? Object.entries(attributes) : [];
  return host.dict(
    entries.map(([name, plain]) => [host.str(name), guestValueOf(host, plain, types)]),
  );
}
