import type { GuestHost } from './guest-host.js';

export interface GuestWorker {
  id: string;
  hosts: object[];
  /** Linux capabilities that it has beside being an ordinary user, as setpriv names them. */
  capabilities: string[];
  /** DATABASE_URL and the like, as the test's own machine has them. */
  environment: Record<string, string>;
}

/** What a guest calls the machine on whose loopback the test's services listen (QEMU's user-mode network). */
const outside = '10.0.2.2';
/** nobody: owns nothing, may do nothing. */
export const guestWorkerUser = 65_534;

/**
 * Starts the daemon in the guest as docs/patched-host.md has systemd start it: an ordinary user with the given
 * capabilities ambient and no way to gain more. Its log is /run/<id>/log.
 *
 * @returns its pid
 */
export async function startGuestWorker(
  guest: GuestHost,
  { id, hosts, capabilities, environment }: GuestWorker,
): Promise<number> {
  const home = `/run/${id}`;
  const variables = {
    PATH: '/usr/bin:/bin',
    HOME: home,
    WORKER_ID: id,
    WORKER_HOSTS: JSON.stringify(hosts),
    WORKER_CACHE_DIR: `${home}/cache`,
    // Off loopback, as the guest sees it; the way there never leaves the machine.
    XF_PLAIN_HOSTS: outside,
    ...Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replace('127.0.0.1', outside)]),
    ),
  };
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const sets = ['-all', ...capabilities.map((one) => `+${one}`)].join(',');
  const pid = await guest.succeed(`
    mkdir -p ${home} && { [ -d ${home}/cache ] || cp -r /opt/work/cache ${home}/cache; } && chown -R ${guestWorkerUser}:${guestWorkerUser} ${home}
    env -i ${settings.join(' ')} setpriv --reuid=${guestWorkerUser} --regid=${guestWorkerUser} --clear-groups \\
      --bounding-set=${sets} --inh-caps=${sets} --ambient-caps=${sets} --no-new-privs \\
      /opt/node/node /opt/tree/dist/apps/worker/src/main.js >>${home}/log 2>&1 </dev/null &
    echo $!`);
  return Number(pid);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
