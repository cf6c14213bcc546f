import { expect, it } from '@jest/globals';
import { createLog } from '#logging';
import type { HoldingSession } from '#event-store';
import { SessionWatchdog } from './session-watchdog.js';

const since = new Date(0);
const holder = (pid: number, heldMs: number, { horizonMs = null, ended = false }: Partial<HoldingSession>) => ({
  ...{
    pid,
    heldMs,
    horizonMs,
    ended,
    blocks: 0,
    since,
    login: 'reader',
    application: 'a board',
    database: 'xperf',
    endable: true,
  },
});

/** What is logged and known after one look that gives this. */
async function lookAt(look: () => Promise<HoldingSession[]>) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    { level: 'debug', base: {} },
    { write: (line) => lines.push(JSON.parse(line) as object as never) },
  );
  const watchdog = new SessionWatchdog({ look, close: () => Promise.resolve() }, log);
  watchdog.onApplicationBootstrap();
  await watchdog.beforeApplicationShutdown();
  return { watchdog, lines };
}

it('tells of those that hold for long, and logs those that it ended', async () => {
  const { watchdog, lines } = await lookAt(() =>
    Promise.resolve([holder(1, 31_000, { ended: true }), holder(2, 6_000, { horizonMs: 5_500 }), holder(3, 90, {})]),
  );
  expect(watchdog.holders.map(({ pid }) => pid)).toEqual([1, 2]);
  expect(watchdog.horizonAgeMs).toBe(5_500);
  const told = { pid: 1, login: 'reader', application: 'a board', database: 'xperf', since: since.toISOString() };
  expect(lines).toMatchObject([{ ...told, msg: 'ended a session that held the fleet up' }]);
});

it('knows nothing when it could not look, and says so', async () => {
  const { watchdog, lines } = await lookAt(() => Promise.reject(new Error('down')));
  expect(watchdog.holders).toEqual([]);
  expect(watchdog.horizonAgeMs).toBeUndefined();
  expect(lines).toMatchObject([{ err: { message: 'down' }, msg: 'could not look who holds the fleet up' }]);
});
