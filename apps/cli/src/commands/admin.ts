import type { Command } from 'commander';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { retriedText, setAsideListing, setAsideText } from '../output/set-aside.js';
import { printsRows } from '../output-option.js';
import { registerProjections } from './projections.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';

export function registerAdmin(verb: Command, context: Context): void {
  pageOptions(printsRows(verb.command('set-aside')))
    .description('list the streams that the read model has set aside, and why')
    .action(async (options: PageOptions, command: Command) => {
      const client = await clientFor(context, command);
      await showPages(context, command, options, (query) => client.setAsideStreams(query), {
        text: setAsideText,
        listing: setAsideListing,
      });
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
