import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { projectRoot } from '../../project-root.js';
import type { Report } from './content.js';

/** What the thread gets. */
export interface ReportOrder {
  report: Report;
  /** The folder of the console. */
  console: string;
}

/**
 * A report as one HTML document without scripts or anything that would have to be loaded. Drawn in a thread of its own: the console's
 * parts want a global document, and twenty thousand runs take seconds.
 */
export function writtenReport(report: Report): Promise<string> {
  const order: ReportOrder = { report, console: join(projectRoot(), 'apps/coordinator/console') };
  const thread = new Worker(join(projectRoot(), 'dist/apps/coordinator/src/compare/report/draw-report.js'), {
    workerData: order,
  });
  return new Promise((resolve, reject) => {
    thread.once('message', (html: string) => resolve(html));
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the thread that draws a report ended with code ${code}`)));
  });
}
