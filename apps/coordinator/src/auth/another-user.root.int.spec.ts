// Another user of the machine, really: children under a uid of nobody's. Only root can start them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';

const nobody = 65_534;

/** Node.js where nobody may run it: the one that runs this may stand in root's home. */
let node: string;
beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'xf-node-'));
  await chmod(folder, 0o755);
  node = path.join(folder, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
});
afterAll(() => rm(path.dirname(node), { recursive: true }));

/** Runs a program text as another user, who gets our address and nothing else. @returns what it prints, as JSON. */
async function asNobody(program: (url: string, port: number) => Promise<unknown>, url: string, port = 0) {
  const text = `(${String(program)})(${JSON.stringify(url)}, ${port}).then((x) => console.log(JSON.stringify(x)))`;
  const { stdout } = await promisify(execFile)(node, ['--input-type=commonjs', '-e', text], {
    uid: nobody,
    gid: nobody,
    cwd: '/',
    env: {},
  });
  return JSON.parse(stdout) as unknown;
}

describe('another user of the machine', () => {
  let fleet: CoordinatorUnderTest;
  const agent = new Agent({ keepAlive: true });
  /** The owner's browser: a connection that stays open, and its port. */
  let ownersPort: number;

  beforeAll(async () => {
    fleet = await startCoordinator();
    const request = send(`${fleet.url}/health/live`, { agent }).end();
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    ownersPort = (request.socket?.address() as AddressInfo).port;
    response.resume();
    await once(response, 'end');
  });
  afterAll(async () => {
    agent.destroy();
    await fleet.stop();
  });

  it('gets no session behind the back of an open connection of the owner', async () => {
    // The same port on another loopback address, half closed at once: to whoever looks sockets up by their ports in
    // /proc/net/tcp, the owner's is the only established one.
    const cookies = await asNobody(
      async (url, port) => {
        const net = process.getBuiltinModule('net');
        const { hostname, port: target } = new URL(url);
        const attempt = (bodyBytes: number) =>
          new Promise<string>((done) => {
            let reply = '';
            const socket = net.connect({
              host: hostname,
              port: Number(target),
              localAddress: '127.0.0.2',
              localPort: port,
              allowHalfOpen: true,
            });
            socket.once('connect', () => {
              // Nobody reads the body, so the end stands behind it in our buffer: the server goes on answering.
              const head = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${target}\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
              socket.end(head + 'x'.repeat(bodyBytes));
            });
            socket.on('data', (part) => {
              reply += String(part);
              if (reply.includes('\r\n\r\n')) socket.destroy();
            });
            socket.once('error', () => undefined);
            socket.once('close', () => done(reply));
          });
        let answered = 0;
        const found: string[] = [];
        for (let i = 0; i < 30 && found.length === 0; i += 1) {
          const reply = await attempt(100_000 * (1 + (i % 10)));
          if (reply.startsWith('HTTP/1.1 200')) answered += 1;
          const cookie = /^set-cookie: (.*)$/im.exec(reply)?.[1];
          if (cookie !== undefined) found.push(cookie);
          await new Promise((next) => setTimeout(next, 20));
        }
        return { answered, found };
      },
      fleet.url,
      ownersPort,
    );
    expect(cookies).toEqual({ answered: expect.any(Number), found: [] });
    expect((cookies as { answered: number }).answered).toBeGreaterThan(0);
  });

  it('makes no link, and logs in by none of its own making', async () => {
    const seen = await asNobody(async (url) => {
      const link = await fetch(`${url}/v1/console/links`, { method: 'POST' });
      const login = await fetch(`${url}/console/login?token=${'A'.repeat(43)}`, { redirect: 'manual' });
      return { link: link.status, login: login.status, cookie: login.headers.get('set-cookie') };
    }, fleet.url);
    expect(seen).toEqual({ link: 401, login: 303, cookie: null });
  });

  it('can’t use the cookie that a browser sent to a server of theirs', async () => {
    // Browsers send a cookie to every port of its name. What they send there is all that this server sees.
    const link = (await fleet.ask<{ path: string }>('/v1/console/links', { method: 'POST' })).body.path;
    const login = await fetch(`${fleet.url}${link}`, { redirect: 'manual' });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const seen: string[] = [];
    const theirs = createServer((request, response) => {
      seen.push(request.headers.cookie ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(theirs, 'listening');
    await fetch(`http://127.0.0.1:${(theirs.address() as AddressInfo).port}/`, { headers: { cookie } });
    theirs.close();
    expect(seen).toEqual([cookie]);
    const program = `async (url) => (await fetch(url + '/v1/jobs', { headers: { cookie: ${JSON.stringify(cookie)} } })).status`;
    expect(await asNobody(program as unknown as (url: string) => Promise<unknown>, fleet.url)).toBe(401);
    const page = /session=(.*)$/.exec(login.headers.get('location') ?? '')?.[1] ?? '';
    const own = await fetch(`${fleet.url}/v1/jobs`, { headers: { cookie, 'x-console-session': page } });
    expect(own.status).toBe(200);
  });
});
