import { DomainFilter, Filter, type Snapshot, type TraceFilter } from '@tracemalloc/core';
import { LabelFilter, TypeFilter } from '@tracemalloc/core/filters';
import { GlobFilter } from '@tracemalloc/core/glob';
import { CliError, exitStatus } from './cli-error.ts';
import type { FilterOptions } from './options.ts';

/**
 * The traces that the options choose: those of any file that is asked for, of any domain, type and
 * label, without the files that are dropped.
 *
 * @throws CliError with status 2 for a pattern that can't be used.
 */
export function filterSnapshot(
  snapshot: Snapshot,
  options: FilterOptions,
  folder: string,
): Snapshot {
  // Inclusive filters of one kind add up; kinds restrict each other.
  return [
    fileFilters(options, folder),
    options.domain.map((domain) => new DomainFilter(true, domain)),
    // Types are names without a path, such as `dict` or `numpy.ndarray`.
    options.type.map((pattern) => new TypeFilter(true, pattern)),
    options.label.map((pattern) => new LabelFilter(true, pattern)),
  ]
    .filter((filters) => filters.length > 0)
    .reduce((rest, filters) => rest.filterTraces(filters), snapshot);
}

/** @param folder Where the command runs: globs match paths from there, too. */
function fileFilters(options: FilterOptions, folder: string): TraceFilter[] {
  const allFrames = options.allFrames === true;
  const glob = (inclusive: boolean, option: string) => (text: string) => {
    const { pattern, lineno } = splitLine(slashed(text), option);
    return new GlobFilter(inclusive, pattern, { lineno, allFrames, folder });
  };
  const python = (inclusive: boolean, option: string) => (text: string) => {
    const { pattern, lineno } = splitLine(text, option);
    // With a drive or a backslash it speaks of Windows, where both slashes and both cases are one.
    const pathFlavor = /^[a-z]:|\\/i.test(pattern) ? 'windows' : 'posix';
    return new Filter(inclusive, pattern, { lineno, allFrames, pathFlavor });
  };
  return [
    ...options.include.map(glob(true, '--include')),
    ...options.exclude.map(glob(false, '--exclude')),
    ...options.filter.map(python(true, '--filter')),
    ...options.filterOut.map(python(false, '--filter-out')),
  ];
}

/** A glob as it is typed on Windows. What is special in a glob can still be escaped. */
function slashed(glob: string): string {
  return glob.replaceAll(/\\(?![[\]{}()!?])/g, '/');
}

/** `app.py:12` is a pattern and a line. */
function splitLine(text: string, option: string): { pattern: string; lineno: number | null } {
  const [, pattern = text, line] = /^(.*):(\d+)$/s.exec(text) ?? [];
  if (pattern === '' || pattern === '!') {
    throw new CliError(
      exitStatus.usage,
      `${option} must name files before the line, got '${text}'`,
    );
  }
  if (line === undefined) return { pattern, lineno: null };
  if (Number.isSafeInteger(Number(line))) return { pattern, lineno: Number(line) };
  throw new CliError(exitStatus.usage, `${option} must have a line below 2^53, got '${text}'`);
}
