/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { openPage } from './chromium.ts';
import { servePage } from './serve-page.ts';

/** A page of an example that runs programs, as whoever uses it sees it. */
export type ProgramPage = {
  readonly page: Page;
  /** Errors and warnings of the page: there should be none. */
  readonly problems: string[];
  /** What it asked others for: nothing. */
  readonly foreign: string[];
  /** Types a program and runs it. */
  readonly start: (source: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Opens one that is ready. @param folder Its example. */
export async function openProgramPage(folder: string): Promise<ProgramPage> {
  const [{ server, url }, page] = await Promise.all([servePage(folder), openPage()]);
  const problems: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'warning' || message.type() === 'error') problems.push(message.text());
  });
  page.on('request', (request) => {
    const isOurs = /^(?:http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url());
    if (!isOurs) foreign.push(request.url());
  });
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'Ready');
  return {
    ...{ page, problems, foreign },
    start: async (source) => {
      await page.fill('#source', source);
      await page.press('#source', 'Control+Enter');
    },
    close: async () => {
      await page.close();
      server.kill();
    },
  };
}

/** What a program printed, once it has ended. */
export async function endedOutput(page: Page): Promise<string> {
  await page.waitForSelector('#run:enabled');
  return (await page.textContent('#output'))!;
}

/** Place, blocks and source of each row of the panel. */
export function memoryRows(page: Page): Promise<(string | null | undefined)[][]> {
  return page.$$eval('#lines tr', (all) =>
    all.map((row) => {
      const texts = Array.from((row as HTMLTableRowElement).cells, (cell) => cell.textContent);
      return [texts[0], texts[2], texts[3]];
    }),
  );
}
