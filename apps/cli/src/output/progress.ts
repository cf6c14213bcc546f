import cliProgress from 'cli-progress';
import type { JobView } from '#contracts';
import { endedRuns } from './jobs.js';
import { count } from './format.js';

/** Seconds between two progress lines where standard error is no terminal. */
const lineEverySeconds = 2;

/** A progress bar on standard error that follows a job's views; plain lines where there is no terminal. */
export class JobProgressBar {
  private readonly bar: cliProgress.SingleBar;
  private begun = false;

  constructor(stream: NodeJS.WritableStream) {
    this.bar = new cliProgress.SingleBar({
      stream,
      format: '{bar} {value}/{total} runs | {samples} samples | {failed} failed | {duration_formatted}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: false,
      linewrap: false,
      noTTYOutput: true,
      notTTYSchedule: lineEverySeconds * 1_000,
    });
  }

  update(job: JobView): void {
    const shown = { samples: count(job.samples), failed: job.runs.failed + job.runs.abandoned };
    if (this.begun) this.bar.update(endedRuns(job), shown);
    else this.bar.start(job.runs.total, endedRuns(job), shown);
    this.begun = true;
  }

  stop(): void {
    if (this.begun) this.bar.stop();
  }
}
