import { count } from '#wording';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type Command, Option } from 'commander';
import { limits, type RunView } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { findJobId, findRunId, runHelp } from '../client/find-id.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, type GlobalOptions } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { CsvJoiner, ndjsonOf } from './export-lines.js';
import { copy } from './write-body.js';

interface ExportOptions {
  job?: string;
  probe?: string;
  format: 'ndjson' | 'csv';
  out?: string;
}

async function* completedRuns(client: ApiClient, jobId: string, probe: string | undefined): AsyncGenerator<RunView> {
  let cursor: string | undefined;
  do {
    const page = await client.runs({ jobId, state: 'completed', limit: limits.pageSize, cursor });
    for (const run of page.items) if (probe === undefined || run.probe === probe) yield run;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function* samplesOf(
  client: ApiClient,
  runs: AsyncIterable<RunView>,
  format: 'ndjson' | 'csv',
): AsyncGenerator<string> {
  const csv = new CsvJoiner();
  for await (const run of runs) {
    const lines = createInterface({ input: (await client.samples(run.runId, format)).body, crlfDelay: Infinity });
    yield* format === 'csv' ? csv.of(run, lines) : ndjsonOf(run, lines);
  }
}

async function* counted(
  parts: AsyncIterable<string | Uint8Array>,
  seen: { bytes: number },
): AsyncGenerator<string | Uint8Array> {
  for await (const part of parts) {
    seen.bytes += part.length;
    yield part;
  }
}

async function openFile(file: string): Promise<NodeJS.WritableStream> {
  const stream = createWriteStream(file);
  return new Promise((opened, failed) => {
    stream.once('open', () => opened(stream));
    stream.once('error', (error) =>
      failed(new CliError(`can't write ${file}: ${error.message}`, 'choose another --out', exitCodes.usage)),
    );
  });
}

export function registerExport(verb: Command, context: Context): void {
  verb
    .argument('[run]', runHelp)
    .option('--job <job>', 'all completed runs of this job; each sample then names its run and host')
    .option('--probe <probe>', 'with --job: only runs of this probe')
    .addOption(new Option('--format <format>', 'how to write them').choices(['ndjson', 'csv']).default('ndjson'))
    .option('--out <file>', 'write to a file instead of standard output')
    .action(async (run: string | undefined, options: ExportOptions, command: Command) => {
      if ((run === undefined) === (options.job === undefined)) {
        throw new CliError('name either a run or a job', 'xf export <run>, or xf export --job <job>', exitCodes.usage);
      }
      const client = await clientFor(context, command);
      const seen = { bytes: 0 };
      const parts =
        run === undefined
          ? samplesOf(
              client,
              completedRuns(client, await findJobId(client, options.job ?? ''), options.probe),
              options.format,
            )
          : (await client.samples(await findRunId(client, run), options.format)).body;
      const to = options.out === undefined ? context.out : await openFile(options.out);
      await copy(Readable.from(counted(parts, seen), { objectMode: false }), to);
      if (options.out === undefined) return;
      to.end();
      await finished(to);
      const done = { file: options.out, format: options.format, bytes: seen.bytes };
      const json = command.optsWithGlobals<GlobalOptions>().json === true;
      context.out.write(json ? `${JSON.stringify(done)}\n` : `${count(seen.bytes)} bytes written to ${done.file}\n`);
    });
}
