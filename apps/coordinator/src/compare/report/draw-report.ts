import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import * as Plot from '@observablehq/plot';
// @ts-expect-error it ships no types; what the console uses of it is declared in its charts/figure.js
import * as d3 from 'd3';
import { parseHTML } from 'linkedom';
import type { ReportOrder } from './report.js';

/** Of the page, pixels. */
const pageWidth = 1000;

/** A page that is never resized: what observes a size is told it at once. */
class FixedSize {
  constructor(private readonly told: (entries: { contentRect: { width: number } }[]) => void) {}

  observe(): void {
    this.told([{ contentRect: { width: pageWidth } }]);
  }
}

const styles = ['page.css', 'figures.css', 'print.css'];
const own = `
main.report { max-width: ${pageWidth + 40}px; margin: 0 auto; padding: 20px; }
.scroll.tall { max-height: none; }`;

/** Nothing is loaded and no script runs, whatever a name on the page says. */
const policy = "default-src 'none'; style-src 'unsafe-inline'";

const { report, console: folder } = workerData as ReportOrder;
const { document } = parseHTML('<!doctype html><html lang="en"><head></head><body></body></html>');
Object.assign(globalThis, { window: globalThis, document, d3: d3 as unknown, Plot, ResizeObserver: FixedSize });

const { reportOf } = (await import(pathToFileURL(join(folder, 'report.js')).href)) as {
  reportOf: (report: ReportOrder['report']) => { title: string; body: Node };
};

const { title, body } = reportOf(report);

function element(name: string, attributes: Record<string, string>, text = ''): Element {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

document.head.append(
  element('meta', { charset: 'utf-8' }),
  element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
  element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
  element('base', { href: `${report.coordinator}/` }),
  element('title', {}, `${title} · xperf-fleet`),
  element('style', {}, [...styles.map((name) => readFileSync(join(folder, 'styles', name), 'utf8')), own].join('\n')),
);
document.body.append(body);
// On paper and in a mail nobody opens what is folded.
for (const folded of document.querySelectorAll('details')) folded.setAttribute('open', '');
parentPort?.postMessage(`<!doctype html>\n${document.documentElement.outerHTML}`);
