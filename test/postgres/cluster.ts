// One PostgreSQL for the whole Jest run, in a folder outside the tree. Test files clone its template database.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDatabase, ensureLogin, migrate, startEmbeddedPostgres } from '#postgres';
import { factsVariable, templateDatabase, type ClusterFacts } from './facts.js';

const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** Starts the cluster, migrates the template and tells the test files through the environment. Returns its end. */
export async function startTestCluster(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-test-'));
  const lines: string[] = [];
  const cluster = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    log: (line) => lines.push(line),
    durable: false,
  });
  const stop = async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const templateUrl = cluster.url(templateDatabase);
    await ensureDatabase(cluster.adminUrl, templateDatabase);
    await migrate(templateUrl, migrations);
    const password = () => randomBytes(12).toString('base64url');
    const facts: ClusterFacts = {
      adminUrl: cluster.adminUrl,
      logins: {
        coordinator: { name: 'coordinator', password: password() },
        worker: { name: 'worker', password: password() },
        reader: { name: 'reader', password: password() },
      },
    };
    for (const role of ['coordinator', 'worker', 'reader'] as const) {
      await ensureLogin(templateUrl, { ...facts.logins[role], role: `xf_${role}` });
    }
    const file = join(folder, 'facts.json');
    await writeFile(file, JSON.stringify(facts), { mode: 0o600 });
    process.env[factsVariable] = file;
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
