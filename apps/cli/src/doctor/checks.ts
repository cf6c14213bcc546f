import { executors, type ExecutorName, measureLabel, metricsOfProbe, probesOf, servedExecutors } from '#contracts';
import { counted, megabytes } from '#wording';
import { type Check, limited, missing, ok } from './check.js';
import type { DoctorFacts } from './facts.js';
import { measuringChecks } from './measuring-checks.js';

/** Below this the embedded PostgreSQL (about 60 MB empty) and a few jobs' samples soon have no room. */
const comfortableBytes = 1_000_000_000;
/** A new cluster and its write-ahead log need about this much. */
const neededBytes = 200_000_000;

function disk({ dataDir, dataDirError, freeBytes }: DoctorFacts): Check {
  if (dataDirError !== null) {
    return missing(
      'disk',
      `the data folder ${dataDir} can't be written (${dataDirError})`,
      'make it writable for this user, or name another with XF_HOME',
    );
  }
  if (freeBytes === null) return limited('disk', `free space at ${dataDir} can't be read`, 'look with df');
  const found = `${megabytes(freeBytes)} free at ${dataDir}`;
  if (freeBytes < neededBytes) return missing('disk', found, 'free some space, or name another folder with XF_HOME');
  return freeBytes < comfortableBytes ? limited('disk', found, 'free some space before long jobs') : ok('disk', found);
}

function postgres({ embeddedPostgres, platform, arch }: DoctorFacts): Check {
  return embeddedPostgres === null
    ? missing(
        'postgresql',
        `no embedded PostgreSQL for ${platform}-${arch} is installed`,
        'run npm ci again without --omit=optional; on other platforms run the coordinator with DATABASE_URL',
      )
    : ok('postgresql', 'embedded PostgreSQL is installed');
}

function queue({ queue: redis }: DoctorFacts): Check {
  if (redis === null) return ok('queue', 'the queue lives in PostgreSQL (QUEUE_URL names no Redis)');
  return redis.error === null
    ? ok('queue', `Redis answers at ${redis.url}`)
    : missing('queue', `no Redis answers at ${redis.url} (${redis.error})`, 'start it, or unset QUEUE_URL');
}

function coordinator({ coordinator: known }: DoctorFacts): Check {
  if (known === null)
    return limited('coordinator', 'no coordinator is known', 'start a fleet with npm start, or set XF_URL');
  return known.error === null
    ? ok('coordinator', `${known.url} is ready`)
    : limited('coordinator', `${known.url} is not ready (${known.error})`, 'start it, or fix what it reports');
}

function parser({ outdatedRuns: outdated, coordinator: known }: DoctorFacts): Check[] {
  // Where there is no coordinator to ask, the check before this one has said so.
  if (outdated === null || known === null || known.error !== null) return [];
  if ('error' in outdated) {
    return [
      limited(
        'parser',
        `the coordinator did not say which runs an older parser read (${outdated.error})`,
        'give one of its keys with XF_KEY or --key',
      ),
    ];
  }
  const { runs, parserVersion } = outdated;
  if (runs === 0) return [ok('parser', `every run was read by the current parser (version ${parserVersion})`)];
  return [
    limited(
      'parser',
      `${counted(runs, 'run was', 'runs were')} read by an older parser than version ${parserVersion}; their samples and figures may be wrong`,
      'see what would change with ./xf replay --all --dry-run, then correct it without --dry-run',
    ),
  ];
}

/** Everything that `xf doctor` says, from facts alone. */
export function diagnose(facts: DoctorFacts): Check[] {
  return [
    ok('node', `Node.js ${facts.nodeVersion} on ${facts.platform}-${facts.arch}`),
    ...measuringChecks(facts),
    ...(facts.packaged ? [] : [postgres(facts)]),
    queue(facts),
    disk(facts),
    coordinator(facts),
    ...parser(facts),
  ];
}

/** What this machine can run with what it has, by executor. */
export interface Ability {
  executor: ExecutorName;
  can: boolean;
  what: string;
}

export function abilities(checks: readonly Check[]): Ability[] {
  const holds = (...ids: string[]): boolean =>
    ids.every((id) => checks.some((check) => check.id === id && check.state !== 'missing'));
  // The program by itself is not asked to have it.
  const lacksPostgres = checks.some(({ id, state }) => id === 'postgresql' && state === 'missing');
  const figures = {
    real: 'measured',
    virtual: holds('kvm') ? 'measured in a VM when a guest runs under KVM, else emulated' : 'emulated without KVM',
    simulated: 'simulated, never a measurement',
  };
  return servedExecutors.map((executor) => {
    const { host, needs, where, see } = executors[executor];
    const what = `${where}: ${measured(executor)} (${figures[host]})${see === null ? '' : `; ${see}`}`;
    return { executor, can: holds('disk', ...needs) && !lacksPostgres, what };
  });
}

function measured(executor: ExecutorName): string {
  return probesOf(executor)
    .flatMap((probe) => metricsOfProbe(probe).map((metric) => measureLabel(probe, metric)))
    .join(', ');
}
