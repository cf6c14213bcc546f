import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Looks, looksSchema } from '#contracts';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { lookText } from '../output/look.js';
import { given } from './arguments.js';

/** A look takes seconds to a minute. */
const askEveryMs = 500;

const isOver = ({ latest }: Looks): boolean => latest?.state === 'done' || latest?.state === 'failed';

export function registerLook(verb: Command, context: Context): void {
  verb
    .command('look')
    .description('look at the whole fleet now, as the coordinator does by itself every day')
    .option('--since <time>', 'also changes since then, as looks at the time would have found them: 365d')
    .option('--no-wait', 'do not wait for its end')
    .action(async ({ wait, since }: { wait: boolean; since?: string }, command: Command) => {
      const client = await clientFor(context, command);
      const asked = { method: 'POST', body: given({ since }) } as const;
      let looks = await client.ask('/v1/regressions/look', looksSchema, asked);
      const own = looks.latest?.lookId;
      // Another's look may follow upon this one.
      while (wait && looks.latest?.lookId === own && !isOver(looks)) {
        await delay(askEveryMs);
        looks = await client.ask('/v1/regressions/look', looksSchema);
      }
      show(context, command, looks, lookText);
      if (looks.latest?.state === 'failed') context.exitCode = exitCodes.failed;
    });
}
