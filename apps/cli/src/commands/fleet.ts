import type { Command } from 'commander';
import { fleetViewSchema } from '#contracts';
import { clientFor, type Context, show } from '../context.js';
import { fleetListing, fleetText } from '../output/fleet.js';
import { printsRows } from '../output-option.js';

export function registerFleet(verb: Command, context: Context): void {
  printsRows(verb)
    .addHelpText('after', '\nxf regressions lists what moved, xf jobs --state running what runs.')
    .action(async (_options: object, command: Command) => {
      const client = await clientFor(context, command);
      show(context, command, await client.ask('/v1/fleet', fleetViewSchema), fleetText, fleetListing);
    });
}
