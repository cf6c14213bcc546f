import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';

/** As wide as a page of documentation shows it. */
const width = 900;

/** Writes a picture again, smaller. */
export async function writeSmall(browser: Browser, picture: string, target: URL): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height: 600 } });
  const data = readFileSync(picture).toString('base64');
  await page.setContent(
    `<body style="margin:0"><img style="width:${width}px;display:block" src="data:image/png;base64,${data}">`,
  );
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  await page.screenshot({ path: fileURLToPath(target), fullPage: true });
  await page.close();
}
