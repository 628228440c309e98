/// <reference lib="dom" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Snapshot } from '@tracemalloc/core';
import { type HtmlOptions, renderHtml } from '@tracemalloc/report/html';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage } from './chromium.ts';

/** A report in a page of its own, opened from a file as its reader would. */
export type ReportPage = {
  readonly page: Page;
  /** Errors, warnings, violations of the page's policy, requests: there should be none. */
  readonly problems: string[];
  /** Opens the same file with another hash, as a link does. */
  readonly open: (hash: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function openReport(
  snapshot: Snapshot,
  options: HtmlOptions & { readonly hash?: string; readonly context?: BrowserContextOptions } = {},
): Promise<ReportPage> {
  const { hash = '', context: contextOptions = {}, ...htmlOptions } = options;
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-report-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, renderHtml(snapshot, htmlOptions));
  const url = pathToFileURL(file).href;
  const page = await openPage({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...contextOptions,
  });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) problems.push(`request: ${request.url().slice(0, 100)}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      reportError(`violation: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url + hash);
  await page.waitForSelector('[role=tabpanel]');
  return {
    page,
    problems,
    open: async (other) => {
      await page.bringToFront();
      // The page hears of its new hash in a later task, and what comes next is for the new one.
      const heard = page.evaluate(
        (hash) => {
          if (location.hash === hash) return;
          return new Promise<void>((done) => {
            addEventListener('hashchange', () => setTimeout(done), { once: true });
          });
        },
        other.replace(/^#$/, ''),
      );
      await page.goto(url + other);
      await heard;
    },
    close: async () => {
      await page.context().close();
      rmSync(folder, { recursive: true });
    },
  };
}
