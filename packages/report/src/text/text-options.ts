import { type GetLine, Snapshot } from '@tracemalloc/core';

/**
 * How sizes are written: `iec` as CPython's tracemalloc does (`10.0 KiB`), `si` in powers of 1000
 * (`10.2 kB`), `raw` as bytes.
 */
export type Units = 'iec' | 'si' | 'raw';

/** How reports look as text. */
export type TextOptions = {
  /**
   * Columns of the terminal, 40 or more. Names that do not fit lose their middle and source its
   * end; figures are never cut, but tables may leave out columns.
   * `Infinity` cuts nothing.
   */
  readonly width: number;
  /** Whether to colour shares and changes, with escape sequences. */
  readonly color: boolean;
  /** How bytes are written. */
  readonly units: Units;
  /** Where a report shows source; default: it shows none. */
  readonly getLine?: GetLine;
};

/** What is written where nobody says how: 80 columns, no colours, CPython's units. */
export function textOptions({
  width = 80,
  color = false,
  units = 'iec',
  getLine,
}: SomeText): TextOptions {
  return { width, color, units, ...(getLine !== undefined && { getLine }) };
}

/** {@link TextOptions}, each of which may be left out: 80 columns, no colours, `iec`. */
export type SomeText = { readonly [Name in keyof TextOptions]?: TextOptions[Name] | undefined };

/** The report that is given, or the one that `make` makes of a snapshot. */
export function reportOf<Report extends object>(
  given: Report | Snapshot,
  make: (snapshot: Snapshot) => Report,
): Report {
  return given instanceof Snapshot ? make(given) : given;
}
