import { type Command, Option } from 'commander';
import { minHostsOfAKind, type PlannedExperiment, simulateExperiment } from '#stats';
import { CliError } from '../../cli-error.js';
import { type Context, show } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { planText } from '../../output/stats.js';
import { decimal } from '../arguments.js';
import { confidenceOption, marginOption, spread, wholeWithin } from './options.js';

interface PlanOptions extends Omit<PlannedExperiment, 'ratio'> {
  effect: number;
}

export function registerPlan(stats: Command, context: Context): void {
  stats
    .command('plan')
    .description('what an experiment would show, by simulation, before you run it')
    .addOption(
      new Option(
        '--scope <scope>',
        'kind: different hosts on each side, which stand for their kind; hosts: the same hosts on both sides',
      )
        .choices(['kind', 'hosts'])
        .default('kind'),
    )
    .option('--hosts <n>', 'hosts a side', wholeWithin(1, 1_000), minHostsOfAKind)
    .option('--runs <n>', 'runs of each host a side', wholeWithin(1, 1_000), 10)
    .option('--host-sd <share>', 'spread of the levels of hosts of one kind', spread, 0.03)
    .option('--run-sd <share>', 'spread of the runs of one host', spread, 0.02)
    .option('--effect <share>', 'the difference to be found: 0.05 is b 5 % slower', decimal, 0.05)
    .addOption(marginOption())
    .addOption(confidenceOption())
    .option('--repetitions <n>', 'simulated experiments', wholeWithin(100, 100_000), 2_000)
    .option('--seed <n>', 'the same seed gives the same figures', wholeWithin(0, 2 ** 31 - 1), 1)
    .action(({ effect, ...options }: PlanOptions, command: Command) => {
      refuseUnjudged(options, effect);
      const same = simulateExperiment({ ...options, ratio: 1 });
      const different = simulateExperiment({ ...options, ratio: 1 + effect });
      const answer = {
        ...options,
        effect,
        falseAlarms: same.verdicts.slower + same.verdicts.faster,
        power: effect > 0 ? different.verdicts.slower : different.verdicts.faster,
        coverage: different.coverage,
        intervalWidth: different.width,
        verdictsWithoutEffect: same.verdicts,
        verdictsWithEffect: different.verdicts,
      };
      show(context, command, answer, planText);
    });
}

function refuseUnjudged({ scope, hosts, runs, repetitions }: Omit<PlanOptions, 'effect'>, effect: number): void {
  if (!(effect > -1 && effect < 10)) {
    throw new CliError(
      `--effect: ${effect} is not a difference`,
      '0.05 is 5 % slower, -0.05 is 5 % faster',
      exitCodes.usage,
    );
  }
  if (scope === 'kind' && hosts < minHostsOfAKind) {
    const remedy = `--hosts ${minHostsOfAKind} or more, or --scope hosts to speak for these hosts only`;
    throw new CliError(
      `--hosts: ${hosts} hosts a side stand for themselves, not for their kind`,
      remedy,
      exitCodes.usage,
    );
  }
  if (scope === 'hosts' && runs < 2) {
    throw new CliError('--runs: a single run of a host has no spread to judge by', '--runs 2 or more', exitCodes.usage);
  }
  if (hosts * runs * repetitions > 1e8) {
    throw new CliError(
      '--repetitions: more than 100 million runs to simulate',
      'fewer repetitions, hosts or runs',
      exitCodes.usage,
    );
  }
}
