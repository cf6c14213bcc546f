import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { request } from './http.js';

let server: Server;
afterEach(() => new Promise((done) => server.close(done)));

/** A coordinator that closes the connection of its first `closed` requests instead of answering. */
async function closing(closed: number) {
  const asked: string[] = [];
  server = createServer((req, res) => {
    asked.push(req.method ?? '');
    if (asked.length <= closed) res.socket?.destroy();
    else res.end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const connection = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'xf_k' };
  return { connection, asked };
}

it('asks again once where the coordinator closed the connection', async () => {
  const { connection, asked } = await closing(1);
  expect(await (await request(connection, '/v1/jobs')).text()).toBe('{}');
  expect(asked).toEqual(['GET', 'GET']);
});

it('says so where it is closed again', async () => {
  const { connection, asked } = await closing(2);
  await expect(request(connection, '/v1/jobs')).rejects.toThrow('no coordinator answers');
  expect(asked).toEqual(['GET', 'GET']);
});

it('orders nothing twice', async () => {
  const { connection, asked } = await closing(1);
  await expect(request(connection, '/v1/jobs', { method: 'POST', body: {} })).rejects.toThrow('no coordinator answers');
  expect(asked).toEqual(['POST']);
});

it('sends an order on a connection of its own, as the coordinator may just be closing one that is kept', async () => {
  const asked = new Set<unknown>();
  server = createServer((req, res) => {
    if (asked.has(req.socket)) req.socket.destroy();
    else res.end('{}');
    asked.add(req.socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const connection = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'xf_k' };
  await (await request(connection, '/v1/jobs')).text();
  expect(await (await request(connection, '/v1/jobs', { method: 'POST', body: {} })).text()).toBe('{}');
});
