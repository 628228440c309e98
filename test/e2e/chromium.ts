import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const places = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A Chromium of this machine; undefined where there is none, and a page test says so then. */
export const chromiumPath: string | undefined = places.find(
  (path) => path !== '' && existsSync(path),
);

/** A suite's title, with the reason where it does not run. */
export function titled(title: string): string {
  if (chromiumPath !== undefined) return title;
  return `${title} (not run: no Chromium here; install it, or name it in the variable CHROMIUM)`;
}

let launched: Promise<Browser> | undefined;

/**
 * The browser of this process, in which suites open pages of their own: a second to start, which is
 * as long as most suites take. It ends with the process.
 */
function sharedChromium(): Promise<Browser> {
  launched ??= chromium.launch({
    executablePath: chromiumPath!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Pages stay awake behind others: asleep, they get no frames and no keys.
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      // Frees can be waited for only where collections can be asked for.
      '--js-flags=--expose-gc',
    ],
  });
  return launched;
}

/** A page in a context of its own, that waits as long as a busy machine may take. */
export async function openPage(options?: BrowserContextOptions): Promise<Page> {
  const browser = await sharedChromium();
  const page = await browser.newPage(options);
  page.setDefaultTimeout(120_000);
  return page;
}
