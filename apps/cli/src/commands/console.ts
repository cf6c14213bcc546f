import type { Command } from 'commander';
import { clientFor, type Context, show } from '../context.js';

export function registerConsole(verb: Command, context: Context): void {
  verb
    .option('--revoke', 'end all sessions opened by such links, and cancel the links')
    .action(async ({ revoke }: { revoke?: boolean }, command: Command) => {
      const client = await clientFor(context, command);
      if (revoke === true) {
        await client.revokeConsoleSessions();
        show(context, command, { revoked: true }, () => 'all sessions of the console have ended');
        return;
      }
      const link = await client.consoleLink();
      // The address alone in words, for a shell: xdg-open would show it to other users in its arguments.
      show(context, command, link, ({ url }) => url);
      context.err.write(
        `works once, until ${link.expiresAt}; its session lasts 12 hours or until xf console --revoke\n`,
      );
    });
}
