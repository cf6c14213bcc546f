// The worker daemon. Plain Node: it serves no requests, so a framework would only cost memory on the test host.
import { createLog } from '#logging';
import { machineAt } from '#noise-control';
import { boundHeapGrowth, giveMemoryBackAtRest } from '#resting-memory';
import { AttemptStopped } from './attempt/attempt-stopped.js';
import { takeInstance } from './coordinator/instance.js';
import { createCoordinatorClient } from './coordinator/coordinator-client.js';
import { readSettings } from './env/worker-settings.js';
import { workerPlace } from './executors/worker-place.js';
import { serveHosts } from './hosts/serve-hosts.js';
import { NoiseKeeper } from './noise/noise-keeper.js';
import { underNoiseControl } from './noise/under-noise-control.js';
import { openStore } from './store/open-store.js';
import { startWorker, type RunningWorker } from './worker.js';

/** Exits whatever still hangs, before Docker kills after 10 s; children go with it (exec/run-program.ts). */
const stopLimitMs = 8_000;
const requestLimitMs = 10_000;
/** EX_CONFIG of sysexits.h: a supervisor need not start it again unchanged. */
const configurationError = 78;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog({ level: settings.logLevel, base: { service: 'worker', workerId: settings.workerId } });
  const stop = new AbortController();
  let running: RunningWorker | undefined;
  boundHeapGrowth();
  giveMemoryBackAtRest(
    () => running?.works() !== true,
    (error) => log.warn({ err: error }, 'could not give memory back'),
  );

  const end = (why: string, code: number): void => {
    if (stop.signal.aborted) return;
    stop.abort(new AttemptStopped('worker-stopped'));
    process.exitCode = code;
    log.info({ why }, 'stopping');
    setTimeout(() => process.exit(code === 0 ? 1 : code), stopLimitMs).unref();
    (running?.stop() ?? Promise.resolve()).then(
      () => process.exit(code),
      (error: unknown) => {
        log.error({ err: error }, 'the stop did not go through cleanly');
        process.exit(1);
      },
    );
  };
  let draining = false;
  /** What systemd sends before an upgrade: runs under way end by themselves where the settings give them the time. */
  const drain = (why: string): void => {
    if (draining || settings.drainMs === 0 || running?.works() !== true) return end(why, 0);
    draining = true;
    log.info({ why, drainMs: settings.drainMs }, 'stopping when the runs under way have ended; asked again, at once');
    running.drain(settings.drainMs).then(
      () => end('drained', 0),
      (error: unknown) => {
        log.error({ err: error }, 'could not wait for the runs under way');
        end(why, 0);
      },
    );
  };
  process.on('SIGTERM', () => drain('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT', 0));
  // Started by `xf up`: when it dies, whatever way, so does this worker.
  process.on('disconnect', () => end('parent process ended', 0));

  // Compiling and looking at the machine take seconds; a worker asked to stop meanwhile stops as at any other time.
  const instanceId = await takeInstance(settings.cacheDir, settings.workerId);
  const noise = new NoiseKeeper(settings.noiseControl, machineAt(settings.noiseRoot), log);
  noise.recover();
  // Also when the stop took too long: the run that it is set for does not go on.
  process.on('exit', () => noise.release());

  try {
    const place = workerPlace(settings, log, stop.signal);
    const hosts = underNoiseControl(await serveHosts(settings.hosts, place), noise);
    running = await startWorker(
      {
        workerId: settings.workerId,
        instanceId,
        replace: settings.replaceHosts,
        hosts,
        queueUrl: settings.queueUrl,
        store: openStore(settings.databaseUrl, hosts.length),
        coordinator: createCoordinatorClient({
          url: settings.coordinatorUrl,
          ca: settings.ca,
          key: settings.workerKey,
          workerId: settings.workerId,
          requestLimitMs,
        }),
        log,
        onRefused: (error) => {
          log.fatal(error.message);
          end('refused by the coordinator', configurationError);
        },
      },
      stop.signal,
    );
  } catch (error) {
    // Asked to stop while still looking at the machine or waiting for the coordinator: `end` sees to the exit.
    if (!stop.signal.aborted) throw error;
  }
}

main().catch((error: Error) => {
  const hopeless = ['SettingsError', 'RefusedByCoordinatorError', 'HostUnreadableError'].includes(error.name);
  // Those say all that the operator needs; anything else is ours to find, by its stack.
  process.stderr.write(`xperf-fleet worker: ${hopeless ? error.message : (error.stack ?? error.message)}\n`);
  process.exit(hopeless ? configurationError : 1);
});
