import { type Command, Option } from 'commander';
import { type Metric, metricNames } from '#contracts';
import { findRunId, runHelp } from '../client/find-id.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { traceText } from '../output/trace.js';
import { type TracedFigure, tracedFigures } from '../trace/trace-log.js';
import { agrees, traceRun } from '../trace/trace-run.js';
import { wholeNumber } from './arguments.js';

interface Options {
  metric?: Metric;
  figure: TracedFigure;
  seq?: number;
}

/** `xf trace RUN`: a figure of a run down to the kernel-log bytes that it comes from, and all figures computed again from them. */
export function registerTrace(verb: Command, context: Context): void {
  verb
    .argument('<run>', runHelp)
    .addOption(new Option('--metric <metric>', 'its metric; left out, the first of the probe').choices(metricNames))
    .addOption(new Option('--figure <figure>', 'which of its figures').choices(tracedFigures).default('p50'))
    .addOption(
      new Option('--seq <number>', 'one sample instead of a figure').argParser(wholeNumber).conflicts('figure'),
    )
    .action(async (given: string, options: Options, command: Command) => {
      const client = await clientFor(context, command);
      const trace = await traceRun(client, await findRunId(client, given), options);
      show(context, command, trace, traceText);
      if (!trace.figures.every(agrees)) context.exitCode = exitCodes.failed;
    });
}
