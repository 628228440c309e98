import { formatSize } from '@tracemalloc/core';
import { markdownCode } from '@tracemalloc/report';
import type { CheckReport } from './limits.ts';

/** The result of a check for a pull request: GitHub's Markdown, names as code. */
export function checkMarkdown(report: CheckReport, shown: number): string {
  const { metric, exceeded, growth, total } = report;
  if (exceeded.length === 0) {
    return `✅ **${metric}** memory is within what is allowed: ${formatSize(total)}\n`;
  }
  const rest = exceeded.length - shown;
  const lines = [
    `❌ **${metric}** memory exceeds what is allowed`,
    '',
    '| what | now | allowed | over | was |',
    '|---|--:|--:|--:|--:|',
    ...exceeded
      .slice(0, shown)
      .map(({ name, size, allowed, baseline }) =>
        row([
          name === 'total' ? 'total' : markdownCode(name),
          formatSize(size),
          formatSize(allowed),
          formatSize(size - allowed, true),
          baseline === null ? '–' : formatSize(baseline),
        ]),
      ),
    ...(rest > 0 ? ['', `and ${rest} more`] : []),
  ];
  if (growth.length > 0) lines.push('', '| grew most | by |', '|---|--:|');
  for (const { name, sizeDiff } of growth.slice(0, shown)) {
    lines.push(row([markdownCode(name), formatSize(sizeDiff, true)]));
  }
  return `${lines.join('\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
