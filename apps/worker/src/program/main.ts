// xperf-worker: what the worker's package installs. `run` is the daemon; systemd starts it.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SettingsError } from '../env/settings-error.js';
import { readSettings } from '../env/worker-settings.js';
import { join, JoinError } from '../join/join.js';
import { startService } from '../exec/start-service.js';

const defaultConfig = '/etc/xperf-fleet/worker.yaml';

const usage = `usage: xperf-worker join URL TOKEN [--host NAME] [--executor NAME]... [--machine KEY] [--ca FILE] [--again]
       xperf-worker check
       xperf-worker run
       xperf-worker --version

join   joins the fleet at URL with the token that xf hosts invite printed, writes ${defaultConfig}
       and starts the service
         --host      its name in the fleet; the machine's when left out
         --executor  stock-host, patched-host, simulator or vm; what this machine can when left out
         --machine   the machine that executor simulator simulates
         --ca        PEM file of the authority that signed the fleet's certificates, where it is one of your own
         --again     although this machine has joined before: takes the place of what it had
check  says whether the settings are usable
run    the worker itself; SIGTERM stops it

XF_WORKER_CONFIG names another file of settings; variables of the environment count before it.
`;

/** Exit codes: 0, 1 anything else, 2 wrong usage, 78 (EX_CONFIG) wrong settings or refused. */
const exitCodes = { ok: 0, failed: 1, usage: 2, configuration: 78 } as const;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        host: { type: 'string' },
        executor: { type: 'string', multiple: true },
        machine: { type: 'string' },
        ca: { type: 'string' },
        again: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @param run starts the daemon: a bundle of its own, so that `join` need not read it */
export async function main(words: readonly string[], version: string, run: () => Promise<unknown>): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const config = process.env['XF_WORKER_CONFIG'] || defaultConfig;
  // Without the usual file the environment alone counts.
  const hasJoined = existsSync(config);
  if (hasJoined) process.env['XF_WORKER_CONFIG'] = config;
  try {
    const { values, positionals } = parsed(words);
    const [verb, ...others] = positionals;
    if ((verb === 'run' || verb === 'check') && !hasJoined && !process.env['COORDINATOR_URL']) {
      throw new SettingsError(
        `this machine has not joined: there is no ${config}; xf hosts invite, where you have xf, prints the line that does it`,
      );
    }
    if (values.version) say(version);
    else if (values.help) process.stdout.write(usage);
    else if (verb === 'run' && others.length === 0) await run();
    else if (verb === 'check' && others.length === 0) {
      const { workerId, hosts, coordinatorUrl } = readSettings(process.env);
      say(`worker ${workerId} of ${coordinatorUrl} serves ${hosts.map(({ hostId }) => hostId).join(', ')}`);
    } else if (verb === 'join' && others.length === 2) {
      const [url = '', token = ''] = others;
      const { workerId } = await join({ url, token, config, ...values });
      say(`joined ${url} as ${workerId}; settings in ${config}`);
      say(await startService());
    } else throw new UsageError(verb === undefined ? 'say what to do' : `can't do: ${positionals.join(' ')}`);
    return exitCodes.ok;
  } catch (error) {
    const { name, message, stack } = error as Error;
    const told = error instanceof SettingsError || error instanceof JoinError || error instanceof UsageError;
    process.stderr.write(`xperf-worker: ${told ? message : (stack ?? message)}\n`);
    if (name === 'UsageError') process.stderr.write(`\n${usage}`);
    return name === 'UsageError' ? exitCodes.usage : told ? exitCodes.configuration : exitCodes.failed;
  }
}
