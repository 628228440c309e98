/** Bytes of guest memory: an integer, 0 … 2^53 − 1. */
export type Bytes = number;

/** A number that TypeScript tells from rows of other tables; any plain number will do for it. */
type Row<Table extends string> = number & { readonly rowOf?: Table };

/** Row of an interned string. Row 0 is the empty string. */
export type StringRow = Row<'strings'>;

/** Row of a frame: (file, line, function). Valid as long as its tracer. */
export type FrameRow = Row<'frames'>;

/**
 * Row of an interned traceback. Row 0 is the traceback of a block that was allocated with no
 * guest frame at all, which Python shows as `<unknown>:0`.
 */
export type TracebackRow = Row<'tracebacks'>;

/** Row of a label: what a program is at, by a name of its own. Row 0 is none. */
export type LabelRow = StringRow;

/** Row of a site: one (traceback, domain, type, label). Counters are kept per site. */
export type SiteRow = Row<'sites'>;

/** Row of a domain in the tracer that handed it out; its CPython number is its `code`. */
export type DomainRow = Row<'domains'>;

/** Row of a type name (`list`, `Point`, …). Row 0 is "unknown". */
export type TypeRow = StringRow;

/** Adapter's id of a block, unique inside its domain while the block lives: 0 … 2^53 − 1. */
export type BlockId = number;

/** Most frames that a traceback may keep. Python: the upper bound of `tracemalloc.start(nframe)`. */
export const maxTracebackLimit = 65535;

/**
 * Highest totalNframe that a snapshot may hold. A tracer of ours or of CPython counts to 65535;
 * snapshots of others are kept as they come.
 */
export const maxTotalNframe = 0x7fffffff;
