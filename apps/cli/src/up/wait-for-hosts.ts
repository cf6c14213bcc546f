import { setTimeout as pause } from 'node:timers/promises';
import type { HostView } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { lastLines } from './log-file.js';

const lookEveryMs = 50;
/** Registering takes well under a second, with a guest to boot first seconds; a loaded machine gets a lot more. */
const limitMs = 90_000;

/**
 * Waits until the worker has registered all hosts in this start (those of earlier starts are known already).
 *
 * @throws CliError with the worker's last words when it takes too long.
 */
export async function waitForHosts(
  client: ApiClient,
  hostIds: readonly string[],
  since: Date,
  workerLog: string,
): Promise<HostView[]> {
  for (const began = performance.now(); performance.now() - began < limitMs; await pause(lookEveryMs)) {
    const { items } = await client.hosts({ limit: 200 });
    const here = items.filter(
      ({ hostId, seenAt }) => hostIds.includes(hostId) && seenAt !== null && new Date(seenAt) >= since,
    );
    if (here.length === hostIds.length) return here;
  }
  throw new CliError(
    [`the worker did not register its hosts within ${limitMs / 1_000} s`, ...(await lastLines(workerLog, 6))].join(
      '\n    ',
    ),
    `mend what it says; its whole log is ${workerLog}`,
    exitCodes.failed,
  );
}
