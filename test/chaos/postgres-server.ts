import { randomBytes } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import { ensureDatabase, ensureLogin, migrate, startEmbeddedPostgres, type EmbeddedCluster } from '#postgres';
import { migrateQueue } from '#queue';
import { noteSession } from './daemon.js';

export const database = 'chaos';
const logins = ['coordinator', 'worker', 'reader'] as const;
type LoginName = (typeof logins)[number];

/** The fleet's PostgreSQL, durable as in earnest; always on the same port. */
export class PostgresServer {
  #up = true;
  readonly #passwords: Record<LoginName, string> = {
    coordinator: randomBytes(18).toString('base64url'),
    worker: randomBytes(18).toString('base64url'),
    reader: randomBytes(18).toString('base64url'),
  };

  private constructor(
    private readonly dataDir: string,
    private cluster: EmbeddedCluster,
  ) {}

  static async start(dataDir: string, migrations: string): Promise<PostgresServer> {
    const cluster = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    const server = new PostgresServer(dataDir, cluster);
    noteSession(cluster.pid);
    try {
      await ensureDatabase(cluster.adminUrl, database);
      await migrate(server.adminUrl(), migrations);
      await migrateQueue(server.adminUrl());
      for (const name of logins) {
        await ensureLogin(server.adminUrl(), { name, role: `xf_${name}`, password: server.#passwords[name] });
      }
      return server;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get port(): number {
    return this.cluster.port;
  }

  get pid(): number {
    return this.cluster.pid;
  }

  get logFile(): string {
    return path.join(this.dataDir, 'postgres.log');
  }

  adminUrl(name = database): string {
    return this.cluster.url(name);
  }

  /** @param port of a wire, where the login shall not come directly. */
  loginUrl(name: LoginName, port = this.port): string {
    const url = new URL(this.cluster.url(database, { name, password: this.#passwords[name] }));
    url.port = String(port);
    return url.href;
  }

  async stop(): Promise<void> {
    this.#up = false;
    await this.cluster.stop();
  }

  async kill(): Promise<void> {
    this.#up = false;
    process.kill(this.cluster.pid, 'SIGKILL');
    await this.cluster.ended;
    await this.cluster.stop(); // gives its folder back
  }

  /** Again, after `stop` or `kill`; nothing to do when it runs. */
  async startAgain(): Promise<void> {
    if (this.#up) return;
    const { port } = this.cluster;
    this.cluster = await startEmbeddedPostgres({ dataDir: this.dataDir, port, log: () => undefined });
    this.#up = true;
    noteSession(this.cluster.pid);
  }

  /** Does something as the superuser on a connection of its own. */
  async asAdmin<T>(act: (client: pg.Client) => Promise<T>, name = database): Promise<T> {
    return withClient(this.adminUrl(name), act);
  }
}

export async function withClient<T>(url: string, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // the query under way says so as well
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
