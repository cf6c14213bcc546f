// Debian's Chromium, headless, and pages that remember everything that went wrong on them.
import { existsSync } from 'node:fs';
import { consoleLinkSchema } from '#contracts';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A name that the browser takes for this machine although it is none of loopback's: as another site would have it. */
export const foreignName = 'fleet.example';

/** The machine may be loaded: every wait is for a condition and only its limit is generous. */
const waitMs = 60_000;

export function launch(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(`there is no Chromium at ${executablePath}: apt-get install chromium, or set CHROMIUM=<path>`);
  }
  return chromium.launch({
    executablePath,
    headless: true,
    // Chromium's sandbox refuses to run as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${foreignName} 127.0.0.1`,
    ],
  });
}

export interface WatchedPage {
  page: Page;
  /** Console errors, uncaught exceptions and violations of the content security policy, in words. */
  faults: string[];
}

/** A new page in a context of its own: no cookies, no storage. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(waitMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.stack ?? error.message}`));
  // Violations of the policy are console errors, too.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'unknown';
    // Leaving a page ends what it was still loading.
    if (why !== 'net::ERR_ABORTED') faults.push(`request failed: ${request.url()} ${why}`);
  });
  return { page, faults };
}

/** Opens a page of the console and waits until it has shown all, its charts drawn. */
export async function open(page: Page, origin: string, path: string): Promise<void> {
  await page.goto(`${origin}/#${path}`);
  await page.locator('main h1').waitFor();
  await page.waitForFunction(
    () =>
      document.querySelector('.loading') === null &&
      [...document.querySelectorAll('.canvas')].every((canvas) => canvas.querySelector('svg') !== null),
  );
}

/** Signs a page in as a person does on the one-machine fleet: by a link that `xf console` prints. */
export async function signIn(page: Page, origin: string, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const reply = await fetch(`${origin}/v1/console/links`, { method: 'POST', headers });
  await page.goto(`${origin}${consoleLinkSchema.parse(await reply.json()).path}`);
  await page.locator('main h1').waitFor();
}
