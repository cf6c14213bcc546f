import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StreamableFile } from '@nestjs/common';
import type { Request } from 'express';
import { projectRoot } from '../../project-root.js';
import { release } from '../../release.js';
import type { Report, ReportSubject } from './content.js';

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
function writtenReport(report: Report): Promise<string> {
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

/** A report as the reply to a request, a file called `name`.html. */
export async function reportFile(request: Request, name: string, subject: ReportSubject): Promise<StreamableFile> {
  const coordinator = `${request.protocol}://${request.get('host') ?? 'localhost'}`;
  const html = await writtenReport({ ...subject, release, coordinator, madeAt: new Date().toISOString() });
  return new StreamableFile(Buffer.from(html), {
    ...{ type: 'text/html; charset=utf-8', disposition: `attachment; filename="${name}.html"` },
  });
}
