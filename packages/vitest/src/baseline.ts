import type { Run, SiteUse } from './assert/index.ts';
import { blocksText } from './assert/report.ts';
import { siteKey } from './assert/site-use.ts';

/** How far a run may be from its baseline. */
export type BaselineOptions = {
  /** By which part figures may differ: 0.1 is 10 %. Default 0. */
  readonly tolerance?: number;
};

/** What a run allocated, as the text of a baseline file: one line a site, biggest first. */
export function baselineText({ allocated, blocks, peak, allocating }: Run): string {
  const site = ({ frames, type, size, count }: SiteUse): string =>
    `${size} B in ${blocksText(count)}: ${siteKey(frames, type)}`;
  const total = [
    `${allocated} B in ${blocksText(blocks ?? 0)}: all together`,
    `${peak} B: at the peak`,
  ];
  return `${[...total, ...allocating.map(site)].join('\n')}\n`;
}

/** Whether both have the same sites, and each figure differs by at most the tolerance. */
export function isWithin(tolerance: number, text: string, baseline: string): boolean {
  const [here, there] = [figures(text), figures(baseline)];
  if (here === null || there === null || here.size !== there.size) return false;
  for (const [site, values] of here) {
    const known = there.get(site);
    if (known === undefined) return false;
    if (values.some((value, i) => Math.abs(value - known[i]!) > tolerance * known[i]!))
      return false;
  }
  return true;
}

/** `null` for a text that is no baseline. */
function figures(text: string): Map<string, [size: number, count: number]> | null {
  const found = new Map<string, [number, number]>();
  for (const line of text.trimEnd().split('\n')) {
    const match = /^(\d+) B(?: in (\d+) blocks?)?: (.*)$/.exec(line);
    if (match === null) return null;
    found.set(match[3]!, [Number(match[1]), Number(match[2] ?? 0)]);
  }
  return found;
}
