import { type Bytes, type Frame, formatSize, type GetLine } from '@tracemalloc/core';
import { limitSettings } from './settings.ts';
import type { SiteUse } from './site-use.ts';

/** `30.0 KiB (30720 B)`: two sizes that differ never look alike. */
export function sizeText(size: Bytes): string {
  const text = formatSize(size);
  return text === `${size} B` ? text : `${text} (${size} B)`;
}

export function blocksText(count: number): string {
  return count === 1 ? '1 block' : `${count} blocks`;
}

/** The biggest sites with their source lines, each under what it takes. */
export function sitesText(sites: readonly SiteUse[], getLine: GetLine | null): string {
  const { sites: shownSites } = limitSettings();
  const total = sites.reduce((sum, { size }) => sum + size, 0);
  const lines = sites.slice(0, shownSites).flatMap((site) => siteLines(site, total, getLine));
  const rest = sites.slice(shownSites);
  if (rest.length > 0) {
    const size = rest.reduce((sum, site) => sum + site.size, 0);
    const more = rest.length === 1 ? '1 more site' : `${rest.length} more sites`;
    lines.push(`  and ${more} with ${sizeText(size)}`);
  }
  return lines.join('\n');
}

function siteLines(site: SiteUse, total: Bytes, getLine: GetLine | null): string[] {
  const { frames: shownFrames } = limitSettings();
  const share = total === 0 ? '' : ` (${Math.round((site.size / total) * 100)} %)`;
  const type = site.type === '' ? '' : ` of ${site.type}`;
  const lines = [`  ${sizeText(site.size)} in ${blocksText(site.count)}${type}${share}`];
  for (const [i, frame] of site.frames.slice(0, shownFrames).entries()) {
    lines.push(`    ${i === 0 ? 'allocated at' : 'called from'} ${place(frame)}`);
    const source = getLine?.(frame.filename, frame.lineno).trim() ?? '';
    if (source !== '') lines.push(`      ${source}`);
  }
  const hidden = site.frames.length - shownFrames;
  if (hidden > 0) lines.push(`    and ${hidden} more ${hidden === 1 ? 'caller' : 'callers'}`);
  const { samples = [] } = site;
  if (samples.length > 0) lines.push(`    such as ${samples.join(', ')}`);
  return lines;
}

function place(frame: Frame): string {
  return frame.functionName === '' ? String(frame) : `${frame} in ${frame.functionName}`;
}
