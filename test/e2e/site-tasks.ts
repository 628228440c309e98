/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import type { FrameLocator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { diskUrl, openSite } from './site-page.ts';

/** What docs/comparison.md says that each task takes here: how many clicks and keys. */
function documented(): Record<string, number> {
  const text = readFileSync(new URL('../../docs/comparison.md', import.meta.url), 'utf8');
  const rows = text.split('## Five tasks')[1]!.matchAll(/^\| ([^|]+) \| (\d+)\b/gm);
  return Object.fromEntries(Array.from(rows, ([, task, deeds]) => [task!, Number(deeds)]));
}

/** Somebody who has opened a report: each click and each key is counted. */
class Reader {
  deeds = 0;
  readonly report: FrameLocator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.report = page.frameLocator('#report');
  }

  async click(selector: string): Promise<void> {
    this.deeds++;
    await this.report.locator(selector).click();
  }

  async press(key: string): Promise<void> {
    this.deeds++;
    await this.#page.keyboard.press(key);
  }

  /** Until what is read there is what was asked for. */
  async reads(selector: string, answer: RegExp): Promise<void> {
    const text = async () => (await this.report.locator(selector).allTextContents()).join('\n');
    await expect.poll(text).toMatch(answer);
  }
}

type Example = '#example' | '#example-difference';

const tasks: Readonly<Record<string, [Example, (reader: Reader) => Promise<void>]>> = {
  'find the line that leaks': [
    '#example-difference',
    (reader) => reader.reads('.findings li:first-child', /render_product handlers\.py:46 grew by/),
  ],
  'who calls it': [
    '#example-difference',
    async (reader) => {
      await reader.click('.findings li:first-child .guest-name');
      await reader.reads('.filling h2', /render_product handlers\.py:46/);
      await reader.reads('.sandwich-view tbody tr', /^Shop\.product handlers\.py:21/m);
    },
  ],
  'what made the peak': [
    '#example',
    (reader) =>
      reader.reads('.findings li', /The peak was .* came from Shop\.export handlers\.py:30/),
  ],
  'what changed since yesterday': [
    '#example-difference',
    async (reader) => {
      await reader.reads('.findings li', /handlers\.py:46 grew by [\d.]+ KiB in [\d,]+ blocks/);
      await reader.reads('.flame-details', /▲ \+/);
    },
  ],
  'my code or the library': [
    '#example',
    async (reader) => {
      await reader.reads('.flame-legend li', /^handlers\.py$/m);
      await reader.press('l');
      await reader.reads('.flame-legend li', /^gc \(library\)$/m);
    },
  ],
};

describe.runIf(chromiumPath !== undefined)(titled('five questions of the docs'), () => {
  test('are answered by as many clicks and keys as the docs say', async () => {
    const counted: Record<string, number> = {};
    for (const [task, [example, answer]] of Object.entries(tasks)) {
      const { page, problems } = await openSite(`${diskUrl}index.html`);
      await page.click(example);
      await page.frameLocator('#report').locator('[role=tabpanel]').waitFor();
      await page.waitForFunction(() => document.activeElement?.id === 'report');
      const reader = new Reader(page);
      await answer(reader);
      counted[task] = reader.deeds;
      // Chromium gives a sandboxed frame of a page on a disk no new hash: the report shows all without.
      expect(problems.filter((text) => !text.includes('blob:null/'))).toEqual([]);
      await page.context().close();
    }
    expect(counted).toEqual(documented());
  });
});
