import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PostgresError } from './postgres-error.js';

/** The system account that PostgreSQL runs as when we are root, because it refuses to run as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** How to start one program as an account. */
export interface Launch {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
}

/** `postgres` where the system has it, else `nobody`. Reads the text of /etc/passwd. */
export function chooseAccount(passwd: string): Account | null {
  const rows = passwd.split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const row = rows.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(row?.[2]), Number(row?.[3])];
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid > 0) return { name, uid, gid };
  }
  return null;
}

/** Bits of capabilities(7) that let a process pass folders which its user can't enter; the weaker one first. */
const passingCapabilities = [
  { name: 'dac_read_search', bit: 2n },
  { name: 'dac_override', bit: 1n },
] as const;

/** The weakest capability of ours that passes closed folders, by the CapEff line of /proc/self/status. */
export function passingCapability(status: string): string | null {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return passingCapabilities.find(({ bit }) => (effective >> bit) & 1n)?.name ?? null;
}

/** The first folder on the way to `path` that the account can't enter, or null. */
export async function closedFolder(path: string, account: Account): Promise<string | null> {
  const ancestors: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    ancestors.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const folder of ancestors) {
    const { mode, uid, gid } = await stat(folder);
    const enter = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & enter) === 0) return folder;
  }
  return null;
}

/**
 * A function that turns a program and its arguments into what to spawn. When we die, by whatever signal, the kernel sends
 * the program `onOurDeath`.
 */
export type Launcher = (program: string, args: string[], onOurDeath: 'INT' | 'KILL') => Launch;

/**
 * Starts programs as ourselves, or, when we are root, as `account`: plainly where it can enter every folder on the way
 * to `paths`, else with the one capability that passes them (`mktemp -d` makes folders of mode 0700).
 *
 * setpriv (util-linux) asks the kernel for the signal at our death. It does so in the first milliseconds after the fork;
 * should we die within those, the next start stops what is left. macOS has neither: there the next start always does.
 */
export async function launcherFor(account: Account | null, paths: readonly string[]): Promise<Launcher> {
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  if (process.platform !== 'linux') return (command, args) => ({ command, args, ...identity });
  const bound = (program: string, args: string[], signal: string, more: string[] = []): Launch => ({
    command: 'setpriv',
    args: ['--pdeathsig', signal, ...more, program, ...args],
  });
  let closed: string | null = null;
  if (account !== null) for (const path of paths) closed ??= await closedFolder(path, account);
  if (account === null || closed === null) {
    return (program, args, signal) => ({ ...bound(program, args, signal), ...identity });
  }
  const capability = passingCapability(await readFile('/proc/self/status', 'utf8'));
  if (capability === null) {
    throw new PostgresError(
      `PostgreSQL does not run as root, and user ${account.name} can't enter ${closed}`,
      `Run as an ordinary user, or open the folder: chmod o+x ${closed}`,
    );
  }
  const [uid, gid] = [String(account.uid), String(account.gid)];
  const other = ['--reuid', uid, '--regid', gid, '--clear-groups'];
  // initdb looks for `postgres` with access(2), which forgets the capabilities of a user other than root unless this
  // bit is set (capabilities(7)); exec then leaves the one ambient capability.
  const securebits = ['--securebits', '+no_setuid_fixup'];
  const capabilities = ['--inh-caps', `+${capability}`, '--ambient-caps', `+${capability}`];
  return (program, args, signal) => bound(program, args, signal, [...securebits, ...other, ...capabilities]);
}

/** The account for PostgreSQL: null when we aren't root and it runs as ourselves. */
export async function accountForPostgres(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const account = chooseAccount(await readFile('/etc/passwd', 'utf8'));
  if (account === null) {
    throw new PostgresError(
      'PostgreSQL does not run as root, and /etc/passwd has neither user postgres nor nobody',
      'Run as an ordinary user',
    );
  }
  return account;
}
