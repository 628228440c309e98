import type { Traceback } from '@tracemalloc/core';
import type { GuestValue, NativeFunction, NativeModule, PythonHost } from './python-host.ts';
import { RawTraces } from './raw-traces.ts';
import type { TracedGuest } from './traced-guest.ts';

const MODULE = '_tracemalloc';
const NFRAME_MAX = 65535;
const INT32_MAX = 2 ** 31 - 1;

/** What a program that does not trace has allocated. */
const nothing = { current: 0, peak: 0 };

/**
 * Whose the tracing is. `lent`: whoever runs the program traces it, and the program has not asked:
 * as under `python`, `is_tracing()` is false and `get_traced_memory()` is nothing. `start` begins
 * anew; a snapshot, which would be an error under `python`, makes the tracing that is there the
 * program's `own`, as under `python -X tracemalloc`. `ended`: the program called `stop` on what was
 * lent; it sees no traces any more, and whoever runs it keeps them.
 */
type Ownership = 'own' | 'lent' | 'ended';

/** What the functions need of the guest's values. */
export type TracerValues = Pick<
  PythonHost,
  'none' | 'bool' | 'int' | 'str' | 'tuple' | 'list' | 'index' | 'typeName' | 'raise'
>;

/** The module `_tracemalloc`: CPython's C functions over a tracer, with its rules for arguments. */
export function tracerFunctions(
  host: TracerValues,
  guest: Pick<TracedGuest, 'tracer' | 'exclude' | 'tracebackOf' | 'glance'>,
  isHiddenAtFirst: boolean,
): NativeModule {
  const { tracer } = guest;
  let ownership: Ownership = isHiddenAtFirst ? 'lent' : 'own';
  const glance = <T>(read: () => T): T =>
    guest.glance === undefined ? read() : guest.glance(read);
  const canRead = (): boolean => ownership !== 'ended' && tracer.isTracing();
  const ifReadable = (work: () => void): GuestValue =>
    none(() => (ownership === 'ended' ? undefined : work()));
  const none = (work: () => void): GuestValue => {
    work();
    return host.none;
  };
  return {
    start: withKeywordsRejected(host, 'start', (args) => {
      if (args.length > 1) {
        host.raise('TypeError', `start expected at most 1 argument, got ${args.length}`);
      }
      const nframe = args.length === 0 ? 1 : nframeOf(host, args[0]);
      return none(() => {
        if (ownership !== 'own') tracer.stop();
        ownership = 'own';
        tracer.start(nframe);
      });
    }),
    stop: withoutArguments(host, 'stop', () =>
      none(() => {
        if (ownership === 'own') tracer.stop();
        else ownership = 'ended';
      }),
    ),
    is_tracing: withoutArguments(host, 'is_tracing', () =>
      host.bool(ownership === 'own' && tracer.isTracing()),
    ),
    clear_traces: withoutArguments(host, 'clear_traces', () =>
      ifReadable(() => tracer.clearTraces()),
    ),
    reset_peak: withoutArguments(host, 'reset_peak', () =>
      ifReadable(() => glance(() => tracer.resetPeak())),
    ),
    get_traceback_limit: withoutArguments(host, 'get_traceback_limit', () =>
      host.int(ownership === 'own' ? tracer.getTracebackLimit() : 1),
    ),
    /** Whether there are traces for a snapshot; those that were lent are the program's own then. */
    _take_traces: withoutArguments(host, '_take_traces', () => {
      if (canRead()) ownership = 'own';
      return host.bool(canRead());
    }),
    get_traced_memory: withoutArguments(host, 'get_traced_memory', () => {
      const { current, peak } =
        ownership === 'own' ? glance(() => tracer.getTracedMemory()) : nothing;
      return guest.exclude(() => host.tuple([host.int(current), host.int(peak)]));
    }),
    get_tracemalloc_memory: withoutArguments(host, 'get_tracemalloc_memory', () =>
      host.int(tracer.getTracemallocMemory()),
    ),
    _get_traces: withoutArguments(host, '_get_traces', () =>
      guest.exclude(() => {
        if (!canRead()) return host.list([]);
        return new RawTraces(host, tracer.takeSnapshot()).all();
      }),
    ),
    _get_object_traceback: withKeywordsRejected(host, '_get_object_traceback', (args) => {
      if (args.length !== 1) {
        const message = `takes exactly one argument (${args.length} given)`;
        host.raise('TypeError', `${MODULE}._get_object_traceback() ${message}`);
      }
      const traceback = canRead() ? guest.tracebackOf(args[0]) : null;
      if (traceback === null) return host.none;
      return guest.exclude(() => rawFrames(host, traceback));
    }),
  };
}

/** A traceback as the tuple that the C functions give: MOST RECENT FRAME FIRST. */
export function rawFrames(host: TracerValues, traceback: Traceback): GuestValue {
  const frames: GuestValue[] = [];
  for (const { filename, lineno } of traceback.frames) {
    frames.push(host.tuple([host.str(filename), host.int(lineno)]));
  }
  return host.tuple(frames.reverse());
}

/** CPython's checks, in its order: an integer, a C int, the range. */
function nframeOf(host: TracerValues, value: GuestValue): number {
  const number = host.index(value);
  if (number === undefined) {
    const type = host.typeName(value);
    return host.raise('TypeError', `'${type}' object cannot be interpreted as an integer`);
  }
  if (number > INT32_MAX || number < -INT32_MAX - 1) {
    host.raise('OverflowError', 'Python int too large to convert to C int');
  }
  const nframe = Number(number);
  if (nframe < 1 || nframe > NFRAME_MAX) {
    host.raise('ValueError', `the number of frames must be in range [1; ${NFRAME_MAX}]`);
  }
  return nframe;
}

function withKeywordsRejected(
  host: TracerValues,
  name: string,
  body: (args: readonly GuestValue[]) => GuestValue,
): NativeFunction {
  return (args, keywords) => {
    if (keywords.length > 0) {
      host.raise('TypeError', `${MODULE}.${name}() takes no keyword arguments`);
    }
    return body(args);
  };
}

function withoutArguments(
  host: TracerValues,
  name: string,
  body: () => GuestValue,
): NativeFunction {
  return withKeywordsRejected(host, name, (args) => {
    if (args.length > 0) {
      host.raise('TypeError', `${MODULE}.${name}() takes no arguments (${args.length} given)`);
    }
    return body();
  });
}
