// Writes .env for docker-compose.yml with fresh secrets, readable by its owner only. Keeps an existing one.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const root = new URL('../', import.meta.url);
const secret = () => randomBytes(32).toString('base64url');
const adminKey = `xf_admin_${secret()}`;
/** @type {Record<string, string>} */
const values = {
  XF_ADMIN_KEY: adminKey,
  XF_BOOTSTRAP_ADMIN_KEY_HASH: createHash('sha256').update(adminKey).digest('hex'),
  XF_WORKER_KEY: `xf_worker_${secret()}`,
};

const text = readFileSync(new URL('.env.example', root), 'utf8').replace(
  /^(XF_\w+)=$/gm,
  (_, /** @type {string} */ name) => `${name}=${values[name] ?? secret()}`,
);
try {
  writeFileSync(new URL('.env', root), text, { mode: 0o600, flag: 'wx' });
  process.stdout.write(
    'wrote .env; your first admin key is XF_ADMIN_KEY in it; it is void once you have made another with POST /v1/keys\n',
  );
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  process.stderr.write('.env exists already: move it away first, or go on using it\n');
  process.exitCode = 1;
}
