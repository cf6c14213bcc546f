// Makes the worker's key of the environment known to the coordinator: its hash into api_keys, once. A key revoked
// through the API stays revoked.
import { createHash, randomUUID } from 'node:crypto';
import process from 'node:process';
import pg from 'pg';
import { readTrust, securedUrl } from '#connect';

const { ADMIN_DATABASE_URL = '', XF_WORKER_KEY = '' } = process.env;
if (!/^xf_worker_[A-Za-z0-9_-]{43}$/.test(XF_WORKER_KEY)) {
  process.stderr.write('XF_WORKER_KEY is not of the form xf_worker_<43 characters>; see .env.example\n');
  process.exit(1);
}
const client = new pg.Client({ connectionString: securedUrl(ADMIN_DATABASE_URL, readTrust(process.env)) });
await client.connect();
try {
  const { rowCount } = await client.query(
    `INSERT INTO api_keys (key_id, name, role, secret_hash) VALUES ($1, 'worker of docker-compose', 'worker', $2)
     ON CONFLICT (secret_hash) DO NOTHING`,
    [randomUUID(), createHash('sha256').update(XF_WORKER_KEY).digest()],
  );
  process.stdout.write(rowCount === 1 ? "the worker's key is known now\n" : "the worker's key was known\n");
} finally {
  await client.end();
}
