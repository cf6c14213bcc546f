import { type Command, Option } from 'commander';
import { machineAt, pinnedCpu, type Machine } from '#noise-control';
import { readLocalFleet } from '../client/connection.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, type GlobalOptions, show } from '../context.js';
import { type Check } from '../doctor/check.js';
import { abilities, type Ability, diagnose } from '../doctor/checks.js';
import { type DoctorFacts, gatherFacts } from '../doctor/facts.js';
import {
  appliedText,
  applyNoiseControl,
  knownCpu,
  noiseReport,
  noiseText,
  restorationText,
  restoreNoiseControl,
} from '../doctor/noise.js';
import { exitCodes } from '../exit-codes.js';
import type { Look } from '../output/columns.js';
import { wholeNumber } from './arguments.js';

/** How long the coordinator may take to answer. */
const askMs = 3_000;

function doctorText(checks: readonly Check[], can: readonly Ability[], { paint }: Look): string {
  const signs = { ok: paint.green('✓'), limited: paint.yellow('!'), missing: paint.red('✗') };
  return [
    ...checks.flatMap(({ id, state, found, remedy }) => [
      `${signs[state]} ${id}: ${found}`,
      ...(remedy === null ? [] : [`    → ${remedy}`]),
    ]),
    '',
    ...can.map(({ executor, can: able, what }) => `${able ? signs.ok : signs.missing} ${executor}: ${what}`),
  ].join('\n');
}

interface DoctorOptions extends GlobalOptions {
  apply?: boolean;
  restore?: boolean;
  cpu?: number;
}

export function registerDoctor(verb: Command, context: Context): void {
  verb
    .addOption(new Option('--apply', 'make measurements quieter until --restore (as root)').conflicts('restore'))
    .option('--restore', 'undo what --apply, or a worker that was killed, has set (as root)')
    .option('--cpu <n>', 'the CPU that runs are pinned to (default: as the worker chooses)', wholeNumber)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DoctorOptions>();
      const machine = context.machine ?? machineAt();
      if (options.restore === true) {
        putBack(machine, command);
        return;
      }
      if (options.apply === true) {
        setQuietly(machine, options.cpu, command);
        return;
      }
      await diagnosis(machine, options, command);
    });

  const cpuOf = (machine: Machine, asked: number | undefined): number | null =>
    asked === undefined ? pinnedCpu(machine) : knownCpu(machine, asked);

  function putBack(machine: Machine, command: Command): void {
    const restoration = restoreNoiseControl(machine);
    show(context, command, restoration, restorationText);
    if (restoration.left.length > 0) context.exitCode = exitCodes.failed;
  }

  function setQuietly(machine: Machine, cpu: number | undefined, command: Command): void {
    const applied = applyNoiseControl(machine, cpuOf(machine, cpu));
    show(context, command, applied, appliedText);
    if (applied.noise.notSet.length > 0) context.exitCode = exitCodes.failed;
  }

  /** A coordinator that can't be asked is no reason to say nothing of this machine. */
  async function outdatedRuns(command: Command): Promise<DoctorFacts['outdatedRuns']> {
    try {
      return await (await clientFor(context, command)).outdatedRuns(AbortSignal.timeout(askMs));
    } catch (error) {
      if (error instanceof CliError) return { error: error.message };
      if (error instanceof Error && error.name === 'TimeoutError') return { error: `no answer within ${askMs} ms` };
      throw error;
    }
  }

  async function diagnosis(machine: Machine, { url, cpu }: DoctorOptions, command: Command): Promise<void> {
    const local = await readLocalFleet(context.dataDir);
    const coordinator = url ?? context.environment['XF_URL'] ?? local?.url ?? null;
    const outdated = coordinator === null ? null : await outdatedRuns(command);
    const facts = await gatherFacts(context, coordinator, outdated);
    const checks = diagnose(facts);
    const can = abilities(checks);
    const healthy = can.some((ability) => ability.can);
    const noise = facts.platform === 'linux' ? noiseReport(machine, cpuOf(machine, cpu)) : null;
    show(context, command, { healthy, checks, abilities: can, noise, facts }, (found, look) =>
      [
        doctorText(found.checks, found.abilities, look),
        ...(found.noise === null ? [] : ['', noiseText(found.noise, look)]),
      ].join('\n'),
    );
    if (!healthy) context.exitCode = exitCodes.failed;
  }
}
