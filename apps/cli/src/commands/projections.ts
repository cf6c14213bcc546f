import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ProjectionView } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { clientFor, type Context, show } from '../context.js';
import { countOn } from '../output/progress.js';
import { projectionsListing, projectionsText, rebuiltText } from '../output/projections.js';
import { printsRows } from '../output-option.js';

const lookEveryMs = 500;

/** The views of a projection from when its rebuild was asked for until its tables have been swapped. */
async function* rebuilding(client: ApiClient, name: string): AsyncGenerator<ProjectionView> {
  let view: ProjectionView | undefined = await client.rebuild(name);
  const { swaps } = view;
  // Without history there is nothing to fill, and nothing is swapped.
  while (view !== undefined && view.swaps === swaps && view.state === 'filling') {
    yield view;
    await delay(lookEveryMs);
    view = (await client.projections()).items.find((one) => one.name === name);
  }
  if (view !== undefined) yield view;
}

/** @param admin `xf admin`. */
export function registerProjections(admin: Command, context: Context): void {
  printsRows(admin.command('projections'))
    .description('list the projections that make up the read model: version, lag, state')
    .action(async (_options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      show(
        ...([context, command, await client.projections()] as const),
        ({ items }, look) => projectionsText(items, look),
        ({ items }) => projectionsListing(items),
      );
    });
  admin
    .command('rebuild')
    .description('refill the tables of a projection from history, beside the old ones')
    .argument('<name>', 'its name, as in xf admin projections')
    .action(async (name: string, _options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      const bar = countOn(context.err, '% filled');
      let last: ProjectionView | undefined;
      for await (const view of rebuilding(client, name)) {
        bar.update(view.filledPercent ?? 100, 100);
        last = view;
      }
      bar.stop();
      if (last) show(context, command, last, rebuiltText);
    });
}
