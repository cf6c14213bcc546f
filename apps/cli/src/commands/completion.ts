import { type Command, Argument } from 'commander';
import type { Context } from '../context.js';
import { commandTree } from '../reference/command-tree.js';
import { completionOf, type Shell, shells } from '../reference/completion.js';

export function registerCompletion(verb: Command, context: Context): void {
  verb
    .addArgument(new Argument('<shell>', 'for which shell').choices(shells))
    .addHelpText(
      'after',
      '\nFor one session: source <(xf completion bash). The Debian package has them where the shells look.',
    )
    .action(async (shell: Shell) => {
      // Loaded here: it reads the modules of all commands.
      const { programFor } = await import('../program.js');
      context.out.write(completionOf(shell, commandTree(await programFor(null, context))));
    });
}
