/// <reference lib="dom" />
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { brokenRules, loadAxe } from './broken-rules.ts';
import { openPage } from './chromium.ts';
import { siteFolder } from './serve-site.ts';

/** The site as it is opened from a disk. */
export const diskUrl: string = pathToFileURL(siteFolder).href;

/** A page of the site, and all that it should not do: errors, violations, requests to others. */
export async function openSite(
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; problems: string[] }> {
  const page = await openPage({ colorScheme, reducedMotion: 'reduce' });
  const problems: string[] = [];
  const own = new URL(url);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'warning' || message.type() === 'error') problems.push(message.text());
  });
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    const isOwn = protocol === own.protocol && host === own.host;
    if (!isOwn && protocol !== 'blob:' && protocol !== 'data:') problems.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      reportError(`violation: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url);
  return { page, problems };
}

/** What axe finds that keeps somebody out. */
export async function seriousFindings(page: Page): Promise<unknown[]> {
  await loadAxe(page);
  return brokenRules(page, [], 'body');
}
