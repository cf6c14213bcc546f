import { parseArgs } from 'node:util';
import { faultKindNames, type FaultKind } from './fault-kinds.js';
import { guardNames, guardOf, type GuardName } from './guards.js';

/** A wrong option; the message names it, the possible values and the remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface ChaosOptions {
  seed: number;
  /** Length of a round's faults. */
  seconds: number;
  /** Rounds are begun until so much time has passed; 0: one on each queue. */
  minutes: number;
  quietMs: number;
  queues: ('postgres' | 'redis')[];
  coordinators: number;
  workers: number;
  hostsPerWorker: number;
  kinds: readonly FaultKind[] | undefined;
  without: GuardName | undefined;
  guards: boolean;
  help: boolean;
}

const kindLines = faultKindNames.map((kind) => `    ${kind}`);
const guardLines = guardNames.map((name) => `    ${name}: ${guardOf(name).says}`);

export const optionsText = `npm run test:chaos -- [options]
  --seed N          what is drawn: faults, jobs, samples (default 1)
  --seconds N       length of a round's faults (default 40)
  --minutes N       go on with the next seeds until N minutes have passed (default: one round on each queue)
  --rest N          seconds that everything may take to come to rest after the last fault (default 150)
  --queue Q         postgres, redis or both (default both)
  --coordinators N  1 or 2 (default 2)
  --workers N       1 to 8 (default 2)
  --kinds A,B       only these faults:
${kindLines.join('\n')}
  --without GUARD   take a guard out and let the faults strike that it is there for; must end with findings:
${guardLines.join('\n')}
  --guards          each guard in turn (or the one of --without): nothing found with it, something without it
`;

/** Longest rest after the last fault: all tickets are put again every 60 s, a stalled one is given out after 35 s. */
const restSeconds = 150;

function whole(name: string, text: string | undefined, fallback: number, from: number, to: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new UsageError(`--${name}: "${text ?? ''}" is not a whole number from ${from} to ${to}`);
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${name}: "${text}" is not known; choose from ${known.join(', ')}`);
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    ...{
      seed: text,
      seconds: text,
      rest: text,
      minutes: text,
      queue: text,
      coordinators: text,
      workers: text,
      kinds: text,
    },
    ...{ without: text, guards: flag, help: flag },
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${optionsText}`);
  }
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): ChaosOptions {
  const given = parsed(args);
  const queue = oneOf('queue', given.queue ?? 'both', ['both', 'postgres', 'redis']);
  return {
    seed: whole('seed', given.seed, 1, 0, 0xffff_ffff),
    seconds: whole('seconds', given.seconds, 40, 5, 3_600),
    minutes: whole('minutes', given.minutes, 0, 0, 10_000),
    quietMs: whole('rest', given.rest, restSeconds, 5, 3_600) * 1_000,
    queues: queue === 'both' ? ['postgres', 'redis'] : [queue],
    coordinators: whole('coordinators', given.coordinators, 2, 1, 2),
    workers: whole('workers', given.workers, 2, 1, 8),
    hostsPerWorker: 3,
    kinds: given.kinds?.split(',').map((kind) => oneOf('kinds', kind, faultKindNames)),
    without: given.without === undefined ? undefined : oneOf('without', given.without, guardNames),
    guards: given.guards,
    help: given.help,
  };
}
