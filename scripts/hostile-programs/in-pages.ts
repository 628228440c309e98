// Whether the memory limit of the example pages keeps a tab alive, whatever a learner runs there:
//   npm run hostile-programs:pages -- [--page brython|skulpt] [--every 40] [--timeout 600]
// Takes one of so many of the Python programs, runs them one after the other in Chromium, and says how each ended.
// Some go through twenty errors for memory before the page ends them, which takes most of a minute of CPU time. The page must answer afterwards. One that does not is named, and the command ends with status 1.
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openPage } from '../../test/e2e/chromium.ts';
import { servePage } from '../../test/e2e/serve-page.ts';
import { pythonPrograms } from './programs.ts';

const { values } = parseArgs({
  options: {
    page: { type: 'string' },
    every: { type: 'string', default: '40' },
    timeout: { type: 'string', default: '600' },
  },
});
const timeout = Number(values.timeout) * 1000;

/** Starts a program, and waits for what the page shows of its end. */
const runners: Readonly<Record<string, (page: Page, source: string) => Promise<string | null>>> = {
  async brython(page, source) {
    await page.fill('#program', source);
    await page.click('#run', { timeout });
    const output = await page.textContent('#output', { timeout });
    await page.evaluate('settleMemory()');
    return output;
  },
  async skulpt(page, source) {
    await page.fill('#source', source);
    await page.press('#source', 'Control+Enter');
    await page.waitForSelector('#run:enabled', { timeout });
    return page.textContent('#output');
  },
};
const ready: Readonly<Record<string, string>> = {
  brython: '#live tbody tr',
  skulpt: '#run:enabled',
};

/** A page in which programs run: its buttons are there before what they do is. */
async function openReady(name: string, url: string): Promise<Page> {
  const page = await openPage();
  page.setDefaultTimeout(timeout);
  await page.goto(url);
  await page.waitForSelector(ready[name]!);
  for (let tries = 0; tries < 60; tries++) {
    if ((await runners[name]!(page, "print('here')"))?.includes('here')) return page;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error(`the ${name} page runs nothing`);
}

let faults = 0;
for (const name of values.page === undefined ? Object.keys(runners) : [values.page]) {
  const { server, url } = await servePage(`examples/${name}-page`);
  const counts = new Map<string, number>();
  let page: Page | null = null;
  const programs = pythonPrograms.filter((_, i) => i % Number(values.every) === 0);
  for (const { name: what, source } of programs) {
    page ??= await openReady(name, url);
    let ending: string;
    try {
      const output = await runners[name]!(page, source);
      // None of them ends by itself.
      ending = /(\w+Error|Ended)(?!.*(?:\w+Error|Ended))/s.exec(output ?? '')?.[1] ?? 'DID NOT RUN';
      if (ending === 'DID NOT RUN') {
        faults++;
        process.stdout.write(`${name}: ${what}: ${JSON.stringify(output)}\n`);
      }
      await page.evaluate('1');
    } catch (error) {
      faults++;
      ending = 'LOST THE TAB';
      process.stdout.write(`${name}: ${what}: ${String(error).split('\n')[0]}\n`);
      await page.close().catch(() => undefined);
      page = null;
    }
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  server.kill();
  const parts = [...counts].map(([ending, count]) => `${count} ${ending}`);
  process.stdout.write(`${name}: ${programs.length} programs: ${parts.join(', ')}\n`);
}
process.exit(faults === 0 ? 0 : 1);
