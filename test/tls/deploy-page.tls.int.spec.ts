// docs/deploy.md's commands for certificates make what the coordinator takes and our clients accept.
import { afterAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exchange, readTrust } from '#connect';
import { readCertificate } from '../../apps/coordinator/src/http/served-certificate.js';

const folder = mkdtempSync(join(tmpdir(), 'xf-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('docs/deploy.md makes an authority and a certificate by it', async () => {
  const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const [, script] = /^```sh\n([^]*?)^```$/m.exec(page) ?? [];
  if (script === undefined) throw new Error('there are no commands in it');
  const env = { ...process.env, NAME: 'localhost' };
  execFileSync('bash', ['-euc', script], { cwd: folder, env, stdio: 'pipe' });
  const files = { certFile: join(folder, 'tls/server.pem'), keyFile: join(folder, 'tls/server.key') };
  const server = createServer(readCertificate(files), (_, response) => void response.end('here'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { ca } = readTrust({ XF_CA_FILE: join(folder, 'tls/ca.pem') });
  const reply = await exchange(new URL(`https://localhost:${port}`), { method: 'GET', headers: {}, ca: ca ?? '' });
  expect(await reply.text()).toBe('here');
  await new Promise((done) => server.close(done));
});
