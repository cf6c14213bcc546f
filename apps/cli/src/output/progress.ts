import { count, endedRuns, failedRuns, isHeldUp, waitsForText } from '#wording';
import cliProgress from 'cli-progress';
import type { JobView } from '#contracts';
import { time } from './format.js';

/** Where standard error is no terminal, a line at most this often, and only when something changed. */
const lineEveryMs = 2_000;

/** Shows a job's views as they come. */
export interface JobProgress {
  update(job: JobView): void;
  stop(): void;
}

/** Why nothing of a job moves; empty while something does. */
const heldUp = (job: JobView): string =>
  isHeldUp(job) ? (job.waitsFor ?? []).map((one) => waitsForText(one, time)).join('\n') : '';

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
  let said = '';
  return {
    update(job) {
      const held = heldUp(job);
      if (begun && held !== '' && held !== said) {
        // Above the bar, which is drawn again below it.
        bar.stop();
        stream.write(`${held}\n`);
        begun = false;
      }
      said = held;
      const shown = { samples: count(job.samples), failed: failedRuns(job.runs) };
      if (begun) bar.update(endedRuns(job.runs), shown);
      else bar.start(job.runs.total, endedRuns(job.runs), shown);
      begun = true;
    },
    stop() {
      if (begun) bar.stop();
    },
  };
}

/** Writes the newest line now and then, and the last one. */
function sparseLines(stream: NodeJS.WritableStream): { update: (line: string) => void; stop: () => void } {
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
    update(line) {
      last = line;
      if (performance.now() - saidAtMs >= lineEveryMs) say(last);
    },
    stop: () => say(last),
  };
}

function linesOn(stream: NodeJS.WritableStream): JobProgress {
  const lines = sparseLines(stream);
  let said = '';
  return {
    update(job) {
      const held = heldUp(job);
      if (held !== '' && held !== said) stream.write(`${held}\n`);
      said = held;
      lines.update(
        `${endedRuns(job.runs)}/${job.runs.total} runs | ${count(job.samples)} samples | ${failedRuns(job.runs)} failed`,
      );
    },
    stop: lines.stop,
  };
}

/** A progress bar on a terminal, plain lines elsewhere. */
export function jobProgressOn(stream: NodeJS.WritableStream & { isTTY?: boolean }): JobProgress {
  return stream.isTTY === true ? barOn(stream) : linesOn(stream);
}

/** Shows how many of a number of things are done. */
export interface CountProgress {
  update(done: number, total: number): void;
  stop(): void;
}

/** A progress bar on a terminal, plain lines elsewhere. `what` is plural. */
export function countOn(stream: NodeJS.WritableStream & { isTTY?: boolean }, what: string): CountProgress {
  if (stream.isTTY !== true) {
    const lines = sparseLines(stream);
    return {
      update: (done, total) => lines.update(`${count(done)}/${count(total)} ${what}`),
      stop: lines.stop,
    };
  }
  const bar = new cliProgress.SingleBar({
    ...{
      stream,
      hideCursor: true,
      linewrap: false,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
    },
    format: `{bar} {value}/{total} ${what} | {duration_formatted}`,
  });
  let begun = false;
  return {
    update(done, total) {
      if (begun) bar.setTotal(total);
      else bar.start(total, 0);
      begun = true;
      bar.update(done);
    },
    stop() {
      if (begun) bar.stop();
    },
  };
}
