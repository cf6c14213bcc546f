import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LoginName, prepareDatabase } from '#database-setup';
import { type EmbeddedCluster, ensureDatabase, PostgresError, startEmbeddedPostgres } from '#postgres';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { restartDelayMs } from './restart-policy.js';
import type { Secrets } from './secrets.js';

const database = 'xperf';

/** A failure of PostgreSQL in its own words and with its own remedy. */
function explained(error: unknown): unknown {
  if (!(error instanceof PostgresError)) return error;
  // Its message ends in the remedy, which we show on a line of its own.
  return new CliError(error.message.replace(`. ${error.remedy}`, ''), error.remedy, exitCodes.failed);
}

/**
 * The embedded PostgreSQL of the local fleet: migrated, with our logins and the queue's tables. When the server dies by
 * itself it is started again on the same port, so that the addresses which others were given stay true.
 */
export class Store {
  private stopping = false;
  private readonly endsAtMs: number[] = [];

  private constructor(
    private cluster: EmbeddedCluster,
    private readonly dataDir: string,
    private readonly secrets: Secrets,
    private readonly tell: (line: string) => void,
    private readonly giveUp: (error: CliError) => void,
  ) {}

  /** @throws CliError when it can't be started or migrated. */
  static async open(options: {
    dataDir: string;
    migrations: string;
    secrets: Secrets;
    tell: (line: string) => void;
    giveUp: (error: CliError) => void;
  }): Promise<Store> {
    const { migrations, secrets, tell, giveUp } = options;
    const dataDir = path.join(options.dataDir, 'postgres');
    try {
      const cluster = await startEmbeddedPostgres({ dataDir, log: tell });
      try {
        await ensureDatabase(cluster.adminUrl, database);
        const { applied } = await prepareDatabase(cluster.url(database), migrations, secrets);
        if (applied.length > 0) tell(`applied ${applied.length} migrations`);
      } catch (error) {
        await cluster.stop();
        throw error;
      }
      const store = new Store(cluster, dataDir, secrets, tell, giveUp);
      void store.watch();
      return store;
    } catch (error) {
      throw explained(error);
    }
  }

  url(name: LoginName): string {
    return this.cluster.url(database, { name, password: this.secrets[name] });
  }

  get pid(): number {
    return this.cluster.pid;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.cluster.stop();
  }

  private async watch(): Promise<void> {
    for (;;) {
      await this.cluster.ended;
      if (this.stopping) return;
      this.endsAtMs.push(performance.now());
      const delayMs = restartDelayMs(this.endsAtMs);
      const logFile = path.join(this.dataDir, 'postgres.log');
      try {
        await this.cluster.stop(); // gives its folder back
        if (delayMs === null) throw new CliError('PostgreSQL keeps ending', `see ${logFile}`, exitCodes.failed);
        this.tell(`PostgreSQL ended unexpectedly; starting it again in ${delayMs} ms (its log is ${logFile})`);
        await pause(delayMs);
        if (this.stopping) return;
        this.cluster = await startEmbeddedPostgres({ dataDir: this.dataDir, port: this.cluster.port, log: this.tell });
        if (this.stopping) await this.cluster.stop();
      } catch (error) {
        const known = explained(error);
        this.giveUp(
          known instanceof CliError ? known : new CliError(String(error), `see ${logFile}`, exitCodes.failed),
        );
        return;
      }
    }
  }
}
