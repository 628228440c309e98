import { Snapshot } from '@tracemalloc/core';
import { placeLabel } from '@tracemalloc/core/analysis';
import { type Finding, type FindingPart, findingsOf } from '../findings/index.ts';
import { painter } from './paint.ts';
import { plain, wrapWords } from './plain.ts';
import { type SomeText, textOptions, type Units } from './text-options.ts';
import { formatBytes } from './units.ts';

/** What a reader should know first of a snapshot. Sizes in bytes. */
export type FindingsReport = {
  /** At most seven, the most telling first; what to know about the figures last. Never empty. */
  readonly findings: readonly (Finding & {
    /** The sentence as text, with CPython's units. */
    readonly text: string;
  })[];
};

/**
 * At most seven sentences about a snapshot, each computed of its figures.
 *
 * Cost: O(sites + frames of distinct tracebacks) of each snapshot.
 * @param bases Older snapshots, oldest first: what grew since is told, too.
 */
export function findingsReport(
  snapshot: Snapshot,
  bases: readonly Snapshot[] = [],
): FindingsReport {
  const found = findingsOf(
    snapshot.data,
    bases.map(({ data }) => data),
  );
  return { findings: found.map((finding) => ({ ...finding, text: textOf(finding, 'iec') })) };
}

/** A sentence a line, wrapped, with what to do about it. */
export function formatFindings(given: FindingsReport | Snapshot, options: SomeText = {}): string {
  const { findings } = given instanceof Snapshot ? findingsReport(given) : given;
  const text = textOptions(options);
  const { faint } = painter(text.color);
  const lines = findings.flatMap((finding) => [
    wrapWords(`- ${textOf(finding, text.units)}.`, text.width),
    ...(finding.advice === null
      ? []
      : [faint(wrapWords(`  → ${finding.advice}`, text.width, '    '))]),
  ]);
  return `${lines.join('\n')}\n`;
}

/** GitHub's Markdown: a list, names as code that cannot be anything else. */
export function findingsMarkdown({ findings }: FindingsReport, units: Units = 'iec'): string {
  const lines = findings.map((finding) => {
    const sentence = finding.parts.map((part) => markdownOf(part, units)).join('');
    return `- ${sentence}.${finding.advice === null ? '' : ` _${finding.advice}_`}`;
  });
  return `${lines.join('\n')}\n`;
}

function textOf({ parts }: Finding, units: Units): string {
  return parts.map((part) => wordsOf(part, units)).join('');
}

function wordsOf(part: FindingPart, units: Units): string {
  if (typeof part === 'string') return part;
  if ('bytes' in part) return formatBytes(part.bytes, units);
  return plain('place' in part ? placeLabel(part.place) : part.name);
}

function markdownOf(part: FindingPart, units: Units): string {
  if (typeof part === 'string' || 'bytes' in part) return wordsOf(part, units);
  return markdownCode(wordsOf(part, units));
}

/** Text of the guest as code in Markdown: it ends nowhere before its end, and starts no cell. */
export function markdownCode(text: string): string {
  const runs = plain(text).match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const padded = /^`|`$/.test(text) ? ` ${plain(text)} ` : plain(text);
  return `${fence}${padded.replaceAll('|', '\\|')}${fence}`;
}
