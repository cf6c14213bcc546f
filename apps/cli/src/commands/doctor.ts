import type { Command } from 'commander';
import pc from 'picocolors';
import { readLocalFleet } from '../client/connection.js';
import { type Context, type GlobalOptions, show } from '../context.js';
import type { Check } from '../doctor/check.js';
import { abilities, type Ability, diagnose } from '../doctor/checks.js';
import { gatherFacts } from '../doctor/facts.js';
import { exitCodes } from '../exit-codes.js';

const signs = { ok: pc.green('✓'), limited: pc.yellow('!'), missing: pc.red('✗') };

function doctorText(checks: readonly Check[], can: readonly Ability[]): string {
  return [
    ...checks.flatMap(({ id, state, found, remedy }) => [
      `${signs[state]} ${id}: ${found}`,
      ...(remedy === null ? [] : [`    → ${remedy}`]),
    ]),
    '',
    ...can.map(({ executor, can: able, what }) => `${able ? signs.ok : signs.missing} ${executor}: ${what}`),
  ].join('\n');
}

export function registerDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .description('what this machine can measure, and what is missing with the remedy')
    .action(async (_options: unknown, command: Command) => {
      const { url } = command.optsWithGlobals<GlobalOptions>();
      const local = await readLocalFleet(context.dataDir);
      const coordinator = url ?? context.environment['XF_URL'] ?? local?.url ?? null;
      const facts = await gatherFacts(context.environment, context.dataDir, coordinator);
      const checks = diagnose(facts);
      const can = abilities(checks);
      const healthy = can.some((ability) => ability.can);
      show(context, command, { healthy, checks, abilities: can, facts }, () => doctorText(checks, can));
      if (!healthy) context.exitCode = exitCodes.failed;
    });
}
