// What each of our clients makes of a server's certificate, on real servers: PostgreSQL with ssl=on, Redis with TLS, our own API.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, Socket } from 'node:net';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { exchange, readTrust, securedUrl, tlsFault } from '#connect';
import { createPrisma } from '#event-store';
import { createLog } from '#logging';
import { type EmbeddedCluster, startEmbeddedPostgres } from '#postgres';
import { openQueue } from '#queue';
import { gatherFacts } from '../../apps/cli/src/doctor/facts.js';
import { serveRenewed, readCertificate } from '../../apps/coordinator/src/http/served-certificate.js';
import { withClient } from '../../libs/postgres/src/migrate.js';
import { eventually } from '../eventually.js';
import { type Authority, makeAuthority, replaceCertificate, type Signed } from './certificates.js';

const expired = /its certificate has expired: renew it on the server; if it is still good, set this machine's clock/;
const otherName = /its certificate is for another name( \(DNS:localhost\))?: connect by a name that it holds/;
const unknown = /its certificate is signed by nobody known here: name the file of its authority \(XF_CA_FILE\)/;

const listening = (server: Server | HttpsServer): Promise<number> =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));

describe('connections off this machine', () => {
  let folder: string;
  let ours: Authority;
  let theirs: Authority;
  let good: Signed;
  let old: Signed;
  /** What PostgreSQL serves; the others have `good` and `old` at two ports. */
  let served: Signed;
  let cluster: EmbeddedCluster;
  const ports = { api: 0, apiOld: 0, redis: 0, redisOld: 0 };
  const servers: HttpsServer[] = [];
  const children: ChildProcess[] = [];
  /** What was asked over HTTPS, by its authorization. */
  const heard: string[] = [];

  /** A URL as the settings make it for a process that trusts this authority. */
  const secured = (url: string, { caFile }: Authority): string => securedUrl(url, readTrust({ XF_CA_FILE: caFile }));
  const postgresUrl = (host: string): string => {
    const url = new URL(cluster.url('postgres'));
    url.hostname = host;
    url.searchParams.set('sslmode', 'verify-full');
    return url.href;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'xf-tls-'));
    [ours, theirs] = [makeAuthority(folder, 'ours'), makeAuthority(folder, 'theirs')];
    good = ours.sign('good', 'DNS:localhost');
    old = ours.sign('old', 'DNS:localhost', -1);
    const dataDir = join(folder, 'postgres');
    cluster = await startEmbeddedPostgres({ dataDir, log: () => undefined, durable: false });
    served = { certFile: join(dataDir, 'cluster', 'server.crt'), keyFile: join(dataDir, 'cluster', 'server.key') };
    replaceCertificate(served, good);
    const { uid, gid } = statSync(join(dataDir, 'cluster'));
    for (const file of Object.values(served) as string[]) chownSync(file, uid, gid);
    chmodSync(served.keyFile, 0o600);
    await withClient(cluster.adminUrl, async (client) => {
      await client.query('ALTER SYSTEM SET ssl = on');
      await client.query('SELECT pg_reload_conf()');
    });
    for (const [name, { certFile, keyFile }] of [
      ['api', good],
      ['apiOld', old],
    ] as const) {
      const options = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
      const server = createHttpsServer(options, (request, response) => {
        heard.push(request.headers.authorization ?? '');
        response.end('{}');
      });
      servers.push(server);
      ports[name] = await listening(server);
    }
    for (const [name, { certFile, keyFile }] of [
      ['redis', good],
      ['redisOld', old],
    ] as const) {
      const free = createServer();
      const port = await listening(free);
      await new Promise((done) => free.close(done));
      const tls = ['--tls-port', String(port), '--port', '0', '--tls-cert-file', certFile, '--tls-key-file', keyFile];
      const more = [
        '--tls-auth-clients',
        'no',
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
      ];
      children.push(spawn('redis-server', [...tls, ...more], { cwd: folder, stdio: 'ignore' }));
      ports[name] = port;
    }
  }, 600_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const server of servers) server.close();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  describe('PostgreSQL', () => {
    /** Who the session is with and how, or why there is none. */
    const ask = async (url: string): Promise<string> => {
      const db = createPrisma(url, { poolSize: 1 });
      try {
        const [row] = await db.$queryRaw<{ version: string }[]>`
          SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl`;
        return row?.version ?? 'in the clear';
      } catch (error) {
        return tlsFault(error) ?? String(error);
      } finally {
        await db.$disconnect();
      }
    };
    /** The queue's complaint when it can't connect. */
    const complaint = async (url: string): Promise<string> => {
      const said: string[] = [];
      const queue = openQueue({ url, onError: (error) => said.push(error.message) }, 'lanes');
      const bell = queue.listen({ heard: () => undefined, listening: () => said.push('listening') });
      try {
        return await eventually('the listener says something', () => said[0]);
      } finally {
        await bell.close();
        await queue.close();
      }
    };

    it('is spoken to by TLS, also by LISTEN and by migrations, where its certificate is right', async () => {
      const url = secured(postgresUrl('localhost'), ours);
      await eventually('PostgreSQL has taken its certificate', async () => (await ask(url)) === 'TLSv1.3');
      expect(await complaint(url)).toBe('listening');
      const { rows } = await withClient(url, (client) =>
        client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
      );
      expect(rows).toEqual([{ ssl: true }]);
    });

    it.each([
      ['of another authority', 'localhost', () => theirs, unknown],
      ['of another name', '127.0.0.1', () => ours, otherName],
    ])('is refused with a certificate %s', async (_, host, authority, says) => {
      const url = secured(postgresUrl(host), authority());
      expect(await ask(url)).toMatch(says);
      expect(await complaint(url)).toMatch(new RegExp(`^QUEUE_URL: ${host}:\\d+: ${says.source}`));
      await expect(withClient(url, () => Promise.resolve())).rejects.toThrow(says);
    });

    it('is refused with a certificate that has expired, and heard again when that was renewed', async () => {
      const url = secured(postgresUrl('localhost'), ours);
      const reload = () => withClient(cluster.adminUrl, (client) => client.query('SELECT pg_reload_conf()'));
      replaceCertificate(served, old);
      await reload();
      expect(await eventually('the old certificate is served', async () => expired.exec(await ask(url))?.[0])).toMatch(
        expired,
      );
      expect(await complaint(url)).toMatch(expired);
      replaceCertificate(served, good);
      await reload();
      await eventually('the new certificate is served', async () => (await ask(url)) === 'TLSv1.3');
    });

    it('takes nobody from elsewhere without TLS under docker/pg_hba.publish.conf', async () => {
      const rules = readFileSync(new URL('../../docker/pg_hba.publish.conf', import.meta.url));
      writeFileSync(join(folder, 'postgres', 'cluster', 'pg_hba.conf'), rules);
      await withClient(cluster.adminUrl, (client) => client.query('SELECT pg_reload_conf()'));
      /** From another address than the one that the rules let in as it comes. */
      const fromElsewhere = (ssl: { ca: string; host: string } | false): Promise<string> => {
        const socket = new Socket();
        const begin = socket.connect.bind(socket) as (options: object) => Socket;
        const stream = Object.assign(socket, {
          connect: (port: number, host: string) => begin({ port, host, localAddress: '127.0.0.2' }),
        });
        const client = new pg.Client({ connectionString: cluster.url('postgres'), ssl, stream: () => stream });
        return client.connect().then(
          async () => {
            await client.end();
            return 'let in';
          },
          (error: Error) => error.message,
        );
      };
      const refusal = /no pg_hba.conf entry for host "127\.0\.0\.2".*no encryption/;
      await eventually('the rules are read', async () => refusal.test(await fromElsewhere(false)));
      const ca = readFileSync(ours.caFile, 'utf8');
      expect(await fromElsewhere({ ca, host: 'localhost' })).toBe('let in');
      expect(await ask(cluster.url('postgres'))).toBe('in the clear'); // from this machine
    });

    it('gets no word in the clear from us when it offers no TLS', async () => {
      const words: Buffer[] = [];
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (data) => {
          words.push(data);
          socket.write('N');
        });
      });
      const port = await listening(server);
      const url = securedUrl(`postgres://someone:hunter2@localhost:${port}/xperf?sslmode=verify-full`, readTrust({}));
      expect(await ask(url)).toMatch(/it offers no TLS: turn it on there, or list the host in XF_PLAIN_HOSTS/);
      server.close();
      expect(Buffer.concat(words)).toEqual(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])); // SSLRequest, and nothing else
    });
  });

  describe('Redis', () => {
    const ask = async (url: string): Promise<string> => {
      const said: string[] = [];
      const queue = openQueue({ url, onError: (error) => said.push(error.message) }, 'producer');
      try {
        return await eventually('Redis answers, or why it does not', () =>
          queue.ping().then(
            () => 'PONG',
            () => said.find((message) => !message.includes('ECONNREFUSED')),
          ),
        );
      } finally {
        await queue.close();
      }
    };

    it('is spoken to where its certificate is right', async () => {
      expect(await ask(secured(`rediss://localhost:${ports.redis}`, ours))).toBe('PONG');
    });

    it.each([
      ['of another authority', 'redis', 'localhost', () => theirs, unknown],
      ['of another name', 'redis', '127.0.0.1', () => ours, otherName],
      ['that has expired', 'redisOld', 'localhost', () => ours, expired],
    ] as const)('is refused with a certificate %s', async (_, port, host, authority, says) => {
      const url = secured(`rediss://:hunter2@${host}:${ports[port]}`, authority());
      expect(await ask(url)).toMatch(new RegExp(`^QUEUE_URL: ${host}:\\d+: ${says.source}`));
    });
  });

  describe('the API', () => {
    const ask = async (host: string, port: number, { caFile }: Authority): Promise<string> => {
      const asked = { method: 'GET', headers: { authorization: 'Bearer hunter2' }, ca: readFileSync(caFile, 'utf8') };
      return exchange(new URL(`https://${host}:${port}/`), asked).then(
        (reply) => reply.text(),
        (error: unknown) => tlsFault(error) ?? String(error),
      );
    };

    it('is spoken to where its certificate is right', async () => {
      expect(await ask('localhost', ports.api, ours)).toBe('{}');
      expect(heard).toEqual(['Bearer hunter2']);
    });

    it.each([
      ['of another authority', 'api', 'localhost', () => theirs, unknown],
      ['of another name', 'api', '127.0.0.1', () => ours, otherName],
      ['that has expired', 'apiOld', 'localhost', () => ours, expired],
    ] as const)('is refused with a certificate %s, before it hears the key', async (_, port, host, authority, says) => {
      heard.length = 0;
      expect(await ask(host, ports[port], authority())).toMatch(says);
      expect(heard).toEqual([]);
    });

    it('is looked at by xf doctor with the same authorities', async () => {
      const url = `https://localhost:${ports.api}`;
      const found = async (caFile: string): Promise<string | null | undefined> =>
        (await gatherFacts({ environment: { XF_CA_FILE: caFile }, dataDir: folder }, url, null)).coordinator?.error;
      expect(await found(ours.caFile)).toBeNull();
      expect(await found(theirs.caFile)).toMatch(unknown);
      expect(await found('/nowhere')).toMatch(/^XF_CA_FILE names a file that can't be read/);
    });

    it('serves a renewed certificate from the next connection on, and keeps the old one where the new can’t be used', async () => {
      const files = { certFile: join(folder, 'live.pem'), keyFile: join(folder, 'live.key') };
      replaceCertificate(files, good);
      const first = readCertificate(files);
      const server = createHttpsServer(first, (_, response) => void response.end('{}'));
      const port = await listening(server);
      const lines: string[] = [];
      const stop = serveRenewed(
        server,
        files,
        first,
        createLog({ level: 'info', base: {} }, { write: (line) => lines.push(line) }),
        20,
      );
      replaceCertificate(files, { ...theirs.sign('wrong', 'DNS:localhost'), keyFile: good.keyFile });
      await eventually('the wrong key is told', () => lines.some((line) => line.includes('must hold the key of')));
      expect(await ask('localhost', port, ours)).toBe('{}');
      replaceCertificate(files, theirs.sign('renewed', 'DNS:localhost'));
      await eventually('the renewal is told', () => lines.some((line) => line.includes('the renewed certificate')));
      expect(await ask('localhost', port, theirs)).toBe('{}');
      replaceCertificate(files, theirs.sign('soon', 'DNS:localhost', 5));
      await eventually('its end is told', () => lines.some((line) => line.includes('the certificate expires on')));
      stop();
      server.close();
    });

    it('does not start with a certificate that has expired, that is none, or whose key is another’s', () => {
      expect(() => readCertificate(old)).toThrow(
        /^XF_TLS_CERT_FILE: the certificate in .* expired on .*; renew it, then start again$/,
      );
      expect(() => readCertificate({ ...good, certFile: good.keyFile })).toThrow(
        /^XF_TLS_CERT_FILE: .* must hold a certificate/,
      );
      expect(() => readCertificate({ ...good, keyFile: old.keyFile })).toThrow(
        /^XF_TLS_KEY_FILE: .* must hold the key of/,
      );
      expect(() => readCertificate({ ...good, keyFile: '/nowhere' })).toThrow(
        /^XF_TLS_KEY_FILE names a file that can't be read/,
      );
    });
  });
});
