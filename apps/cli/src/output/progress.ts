import cliProgress from 'cli-progress';
import type { JobView } from '#contracts';
import { endedRuns } from './jobs.js';
import { count } from './format.js';

/** Where standard error is no terminal, a line at most this often, and only when something changed. */
const lineEveryMs = 2_000;

/** Shows a job's views as they come. */
export interface JobProgress {
  update(job: JobView): void;
  stop(): void;
}

function barOn(stream: NodeJS.WritableStream): JobProgress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {value}/{total} runs | {samples} samples | {failed} failed | {duration_formatted}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    linewrap: false,
  });
  let begun = false;
  return {
    update(job) {
      const shown = { samples: count(job.samples), failed: job.runs.failed + job.runs.abandoned };
      if (begun) bar.update(endedRuns(job), shown);
      else bar.start(job.runs.total, endedRuns(job), shown);
      begun = true;
    },
    stop() {
      if (begun) bar.stop();
    },
  };
}

function linesOn(stream: NodeJS.WritableStream): JobProgress {
  let saidAtMs = -Infinity;
  let said = '';
  const say = (line: string): void => {
    if (line === said) return;
    stream.write(`${line}\n`);
    said = line;
    saidAtMs = performance.now();
  };
  let last = '';
  return {
    update(job) {
      const failed = job.runs.failed + job.runs.abandoned;
      last = `${endedRuns(job)}/${job.runs.total} runs | ${count(job.samples)} samples | ${failed} failed`;
      if (performance.now() - saidAtMs >= lineEveryMs) say(last);
    },
    stop: () => say(last),
  };
}

/** A progress bar on a terminal, plain lines elsewhere. */
export function jobProgressOn(stream: NodeJS.WritableStream & { isTTY?: boolean }): JobProgress {
  return stream.isTTY === true ? barOn(stream) : linesOn(stream);
}
