import { type Command, InvalidArgumentError } from 'commander';
import { type Labels, limits, momentOf } from '#contracts';
import { counted } from '#wording';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { importText } from '../output/import.js';
import { decimal, given, labelled, nonce } from './arguments.js';
import { chunksOf, refused, withLog } from './log/log-file.js';
import { surveyLog } from './log/survey.js';

interface ImportOptions {
  host: string;
  newHost?: true;
  nonce?: string;
  label?: Labels;
  occurredAt?: string;
  tscKhz?: number;
  kernel?: string;
}

function timeOf(text: string): string {
  try {
    return new Date(momentOf(text, Date.now())).toISOString();
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** `xf import FILE`: makes runs of a kernel log. What is in the file is looked at here first, for a better word on what it lacks. */
export function registerImport(verb: Command, context: Context): void {
  verb
    .argument('<file>', 'the log; - is standard input')
    .requiredOption('--host <host>', 'the machine that the log comes from')
    .option('--new-host', 'accept a name that no worker and no run has yet')
    .option('--nonce <nonce>', 'import only this run of the log', nonce)
    .option('--label <name=value>', 'put a label on its runs (repeatable)', labelled)
    .option('--occurred-at <time>', 'when it was measured: 2026-11-20T18:00Z, 2026-11-20, 3d (ago)', timeOf)
    .option('--tsc-khz <kHz>', 'rate of its TSC, for nanoseconds', decimal)
    .option('--kernel <release>', 'its kernel, as uname -r prints it')
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const client = await clientFor(context, command);
      await withLog(file, async (log) => {
        const survey = await surveyLog(log, file, options.nonce);
        if (survey.runs.length === 0)
          throw refused(
            file,
            'has only the averages that the origin’s program printed, no samples',
            `xf log read ${file} shows them`,
          );
        if (survey.bytes > limits.importBytes)
          throw refused(
            file,
            `has ${counted(survey.bytes, 'byte')}; an import takes at most ${counted(limits.importBytes, 'byte')}`,
            'cut it to the time of the run (journalctl -k --since … --until …), or import its runs one by one',
          );
        const bytes = Buffer.allocUnsafe(survey.bytes);
        let filled = 0;
        for await (const chunk of chunksOf(log, file)) {
          bytes.set(chunk.subarray(0, bytes.length - filled), filled);
          filled += Math.min(chunk.length, bytes.length - filled);
        }
        const { label = {}, newHost, ...said } = options;
        const reply = await client.importLog(bytes.subarray(0, filled), {
          ...given({ ...said, newHost: newHost === true ? 'true' : undefined }),
          label: Object.entries(label).map(([name, value]) => `${name}=${value}`),
        });
        show(context, command, reply, importText);
        if (reply.runs.some(({ outcome }) => outcome === 'refused')) context.exitCode = exitCodes.failed;
      });
    });
}
