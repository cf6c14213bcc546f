import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JoinReply, Problem } from '#contracts';
import { readSettings } from '../env/worker-settings.js';
import { join, JoinError } from './join.js';

const token = `xf_join_${'t'.repeat(43)}`;
const reply: JoinReply = {
  ...{ workerId: 'r7-u12', labels: { rack: 'r7' }, key: 'xf_worker_secret', queueUrl: null },
  databaseUrl: 'postgres://xf_worker_0f1e2d3c4b5a6978:pw@db.example:5432/xperf?sslmode=verify-full',
};
const used: Problem = {
  ...{ type: 'urn:xperf-fleet:problem:invitation-used', title: 'The invitation is not good any more', status: 409 },
  ...{ detail: 'r7-u12 joined with it at noon', remedy: 'ask for another: xf hosts invite' },
};

describe('xperf-worker join', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string; headers?: Record<string, string> };
  let asked: { path: string; body: unknown }[];
  /** Happens on the machine while the coordinator answers. */
  let meanwhile: () => void;
  let folder: string;
  let config: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        meanwhile();
        asked.push({ path: request.url ?? '', body: JSON.parse(text) as unknown });
        const headers = { 'content-type': 'application/json', ...answer.headers };
        response.writeHead(answer.status, headers).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'xf-join-'));
    config = path.join(folder, 'etc', 'worker.yaml');
    asked = [];
    meanwhile = () => undefined;
    answer = { status: 201, body: JSON.stringify(reply) };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const ask = (more: Partial<Parameters<typeof join>[0]> = {}) =>
    join({ url: `${url}/`, token, config, again: false, ...more });
  const files = (): string[] => readdirSync(path.dirname(config)).sort();

  it('writes what it got into settings that the worker takes and only their owner can read', async () => {
    await ask({ host: 'r7-u12', executor: ['simulator'], machine: 'zen3' });
    expect(asked).toEqual([{ path: '/v1/join', body: { token, hostId: 'r7-u12' } }]);
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect(files()).toEqual(['worker.yaml']);
    expect(readSettings({ HOME: '/h', XF_WORKER_CONFIG: config })).toMatchObject({
      ...{ coordinatorUrl: url, workerKey: reply.key, databaseUrl: reply.databaseUrl, queueUrl: reply.databaseUrl },
      hosts: [{ hostId: 'r7-u12', executors: ['simulator'], machine: 'zen3', labels: { rack: 'r7' } }],
    });
  });

  it('tells what the coordinator says, with the remedy, and leaves nothing behind', async () => {
    answer = { status: 409, body: JSON.stringify(used) };
    await expect(ask()).rejects.toThrow(
      'The invitation is not good any more: r7-u12 joined with it at noon\n  remedy: ask for another: xf hosts invite',
    );
    expect(files()).toEqual([]);
  });

  it('does not replace settings unless it is told to, and keeps them then', async () => {
    await ask();
    await expect(ask()).rejects.toThrow(/this machine has joined: there is .*worker\.yaml; --again/);
    expect(asked).toHaveLength(1);
    answer.body = JSON.stringify({ ...reply, key: 'xf_worker_other' });
    await ask({ again: true });
    expect(readFileSync(config, 'utf8')).toContain('xf_worker_other');
    expect(readFileSync(`${config}.old`, 'utf8')).toContain('xf_worker_secret');
  });

  it.each([
    [
      'a token sent in the clear',
      { url: 'http://fleet.example' },
      'would send a secret to fleet.example in the clear; write https://',
    ],
    ['authorities that can’t be read', { ca: '/nowhere/ca.pem' }, "--ca names a file that can't be read: ENOENT"],
    ['an address that is none', { url: 'fleet.example' }, 'is not the address of a coordinator'],
    ['another token', { token: 'xf_admin_x' }, 'the token must be xf_join_ and 43 characters'],
    ['a name that can’t be one', { host: 'Rack 7' }, '--host must be 1-63 characters'],
  ])('refuses %s before the token is used', async (_, more, says) => {
    await expect(ask(more)).rejects.toThrow(says);
    await expect(ask(more)).rejects.toThrow(JoinError);
    expect(asked).toEqual([]);
  });

  it('says so where nobody answers', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await new Promise((resolve) => other.close(resolve));
    const [nowhere, why] = [`http://127.0.0.1:${port}`, "can't be reached: ECONNREFUSED"];
    await expect(ask({ url: nowhere })).rejects.toThrow(`${nowhere} ${why}`);
  });

  it('does not use the token where it can’t write', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    config = path.join(folder, 'file', 'worker.yaml');
    await expect(ask()).rejects.toThrow(/can't be (read|written): .*; run it as root/);
    expect(asked).toEqual([]);
  });

  it('says that the token is used up where the settings can’t be written after that', async () => {
    meanwhile = () => mkdirSync(config);
    await expect(ask()).rejects.toThrow(/can't be written: .*the token is used up: .*xf hosts invite --host r7-u12/);
    expect(files()).toEqual(['worker.yaml']);
  });

  it('takes the token to no other address', async () => {
    answer = { status: 307, body: '', headers: { location: '/elsewhere' } };
    await expect(ask()).rejects.toThrow('answers 307, but not as a coordinator of this release does');
    expect(asked.map((one) => one.path)).toEqual(['/v1/join']);
  });

  it('says so when something else answers', async () => {
    answer = { status: 200, body: '<html>' };
    await expect(ask()).rejects.toThrow('answers 200, but not as a coordinator of this release does');
  });
});
