import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

interface RunOf {
  runId: string;
  hostId: string;
}

/** NDJSON lines of one run with the run's id and host put first in each. */
export async function* ndjsonOf(run: RunOf, lines: AsyncIterable<string>): AsyncGenerator<string> {
  const front = JSON.stringify({ runId: run.runId, hostId: run.hostId }).slice(0, -1);
  for await (const line of lines) if (line !== '') yield `${front},${line.slice(1)}\n`;
}

/** Writes one CSV of many runs: the header once, the run's id and host as first columns. */
export class CsvJoiner {
  private header: string | undefined;

  /** @throws CliError when the run's columns differ from those before: its probe measures something else. */
  async *of(run: RunOf, lines: AsyncIterable<string>): AsyncGenerator<string> {
    let first = true;
    for await (const line of lines) {
      if (line === '') continue;
      if (!first) {
        yield `${run.runId},${run.hostId},${line}\n`;
        continue;
      }
      first = false;
      if (this.header === undefined) yield `runId,hostId,${line}\n`;
      else if (this.header !== line) {
        throw new CliError(
          `run ${run.runId} has the columns ${line}, the runs before it ${this.header}`,
          'export one probe at a time with --probe, or use --format ndjson',
          exitCodes.usage,
        );
      }
      this.header = line;
    }
  }
}
