import type { Command } from 'commander';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { retriedText, setAsideText } from '../output/set-aside.js';
import { registerProjections } from './projections.js';
import { nextPageHint, pageFor, type PageOptions, pageOptions } from './paging.js';

export function registerAdmin(verb: Command, context: Context): void {
  pageOptions(verb.command('set-aside'))
    .description('list the streams that the read model has set aside, and why')
    .action(async (options: PageOptions, command: Command) => {
      const client = await clientFor(context, command);
      const page = await pageFor(options, (query) => client.setAsideStreams(query));
      show(context, command, page, (one) => setAsideText(one.items) + nextPageHint(one));
    });
  verb
    .command('retry')
    .description('fold a stream that was set aside again')
    .argument('<stream>', 'its name, as in xf admin set-aside')
    .action(async (stream: string, _options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      const retried = await client.retryStream(stream);
      show(context, command, retried, retriedText);
      if (!retried.folded) context.exitCode = exitCodes.failed;
    });
  registerProjections(verb, context);
}
