// A PostgreSQL as Debian packages it, with its own tools, in a folder of the test's own.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const versions = '/usr/lib/postgresql';
const newest = existsSync(versions)
  ? readdirSync(versions)
      .filter((name) => existsSync(join(versions, name, 'bin/pg_ctl')))
      .sort((a, b) => Number(b) - Number(a))[0]
  : undefined;

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

/** The account that PostgreSQL is run as when we are root, which it refuses to be. */
function account(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const [, , uid, gid] = /^postgres:(.*)$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

export class DebianPostgres {
  private constructor(
    /** Everything is in here; data folders are made under it. */
    readonly folder: string,
    readonly port: number,
    private readonly bin: string,
    private readonly as: { uid: number; gid: number } | null,
  ) {}

  static async make(): Promise<DebianPostgres> {
    if (newest === undefined) throw new Error('there is no PostgreSQL of Debian: apt-get install postgresql');
    const folder = mkdtempSync(join(tmpdir(), 'xf-backup-'));
    const as = account();
    if (as !== null) chownSync(folder, as.uid, as.gid);
    chmodSync(folder, 0o700);
    return new DebianPostgres(folder, await freePort(), join(versions, newest, 'bin'), as);
  }

  url(database: string, login = 'postgres'): string {
    return `postgres://${login}:secret12@127.0.0.1:${this.port}/${database}`;
  }

  /** Makes an empty cluster. */
  initialize(data: string): void {
    writeFileSync(join(this.folder, 'password'), 'secret12', { mode: 0o644 });
    this.run(`initdb --no-sync -A scram-sha-256 -U postgres --pwfile=password -D ${data}`);
  }

  start(data: string): void {
    const settings = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
    this.run(`pg_ctl -D ${data} -o '${settings}' -l ${data}.log -w start >/dev/null`);
  }

  stop(data: string): void {
    this.run(`pg_ctl -D ${data} -m fast -w stop >/dev/null`);
  }

  /** Runs commands of the shell in the folder, as whoever the server runs as, with the tools of its version. */
  run(script: string, more: Record<string, string> = {}): string {
    const { bin, folder, port, as } = this;
    return execFileSync('bash', ['-euc', script], {
      cwd: folder,
      ...(as ?? {}),
      encoding: 'utf8',
      stdio: 'pipe',
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        LC_ALL: 'C.UTF-8',
        ...{ PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres', PGPASSWORD: 'secret12' },
        ...more,
      },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
