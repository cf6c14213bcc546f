import 'reflect-metadata';
import type { Logger } from 'pino';
import { createLog } from '#logging';
import { boundHeapGrowth, giveMemoryBackAtRest } from '#resting-memory';
import { type Coordinator, createCoordinator } from './coordinator.js';
import { EnvironmentError, readSettings, type Settings } from './environment.js';
import { StartupError } from './startup-checks.js';

/** Exit codes: 0 stopped as asked, 1 failed, 2 the environment is wrong, 3 the port is taken (StartupError's own). */
const exitCode = { stopped: 0, failed: 1, environment: 2 } as const;

/** A stop that takes longer is cut short: Docker kills after 10 s. At load 23 on two cores one takes up to 3.4 s. */
const stopWithinMs = 8_000;

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exitCode.environment);
  }
}

/** Stops once, whoever asks first: a signal, or the parent whose IPC channel closed. */
function stopOnRequest(coordinator: Coordinator, log: Logger): void {
  let asked = false;
  const stop = (reason: string): void => {
    if (asked) return;
    asked = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => {
      log.error(`did not stop within ${stopWithinMs} ms`);
      process.exit(exitCode.failed);
    }, stopWithinMs).unref();
    coordinator.stop().then(
      () => process.exit(exitCode.stopped),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(exitCode.failed);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  if (process.send !== undefined) {
    process.on('disconnect', () => stop('the parent has gone'));
    if (!process.connected) stop('the parent has gone');
  }
}

async function start(settings: Settings, log: Logger): Promise<void> {
  const coordinator = await createCoordinator(settings, log);
  try {
    const url = await coordinator.listen();
    stopOnRequest(coordinator, log);
    log.info({ url }, 'listening');
    process.send?.({ url });
  } catch (error) {
    await coordinator.stop();
    throw error;
  }
}

const settings = settingsOrExit();
const log = createLog({ level: settings.logLevel, base: { service: 'coordinator', pid: process.pid } });
boundHeapGrowth();
giveMemoryBackAtRest(
  () => true,
  (error) => log.warn({ err: error }, 'could not give memory back'),
);
try {
  await start(settings, log);
} catch (error) {
  if (error instanceof StartupError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(error.exitCode);
  }
  log.fatal({ err: error }, 'the coordinator could not start');
  process.exit(exitCode.failed);
}
