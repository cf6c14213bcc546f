import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { type Probe, probeNames } from '#contracts';
import { createLogReader, type FoundRun } from '#dmesg';
import { batchText, headerText } from '#samples';
import { counted } from '#wording';
import { CliError } from '../cli-error.js';
import { type Context, type GlobalOptions, show, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { logReadingText } from '../output/log.js';
import { nonce as nonceArgument } from './arguments.js';
import { chunksOf, withLog } from './log/log-file.js';
import { chosenRun, surveyLog } from './log/survey.js';
import { readRun } from './log/read-run.js';
import { copy } from './write-body.js';

interface ReadOptions {
  nonce?: string;
  csv?: true;
}

/** `xf log read FILE`: what a kernel log holds, read by the same parser as a worker's. No coordinator is needed. */
export function registerLog(verb: Command, context: Context): void {
  verb
    .command('read <file>')
    .description(
      'samples, gaps and damage of a kernel log: dmesg, journalctl, /dev/kmsg, a serial console; - is standard input',
    )
    .option('--nonce <nonce>', 'only this run of the log', nonceArgument)
    .option('--csv', 'write its samples as CSV, as xf export does')
    .action(async (file: string, { nonce, csv }: ReadOptions, command: Command) => {
      const json = command.optsWithGlobals<GlobalOptions>().json === true;
      if (csv === true && json)
        throw new CliError('--csv and --json can’t be combined', 'leave one of them out', exitCodes.usage);
      await withLog(file, async (log) => {
        const survey = await surveyLog(log, file, nonce);
        const run = chosenRun(survey, file, nonce);
        if (csv === true) return writeCsv(context, log, file, run);
        const reading = run === null ? null : await readRun(chunksOf(log, file), run);
        show(context, command, { ...survey, run: reading }, logReadingText);
      });
    });
}

async function writeCsv(context: Context, log: FileHandle, file: string, run: FoundRun | null): Promise<void> {
  const probe = probeNames.find((name) => name === run?.probe);
  if (run === null || probe === undefined)
    throw new CliError(`there is no sample in ${file}`, `xf log read ${file} shows what there is`, exitCodes.usage);
  const reader = createLogReader({ nonce: run.nonce, probe });
  await copy(Readable.from(csvOf(reader, probe, chunksOf(log, file)), { objectMode: false }), context.out);
  const { lost, announced } = reader.accounting();
  if (lost === 0) return;
  const of = announced === null ? '' : ` of ${counted(announced, 'announced fault')}`;
  tellOn(context)(`${counted(lost, 'sample')} lost${of}: xf log read ${file} shows where`);
}

async function* csvOf(
  reader: ReturnType<typeof createLogReader>,
  probe: Probe,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  yield headerText('csv', probe);
  for await (const chunk of chunks)
    for (const item of reader.push(chunk)) if (item.kind === 'samples') yield* batchText('csv', probe, item);
  for (const item of reader.end()) if (item.kind === 'samples') yield* batchText('csv', probe, item);
}
