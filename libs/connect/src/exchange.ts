import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** A reply whose body is still to be read. */
export interface Reply {
  status: number;
  contentType: string | null;
  /** Where it is, if it has moved. */
  location: string | null;
  body: Readable;
  text: () => Promise<string>;
}

export interface Asked {
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** PEM of the authorities that may have signed the server's certificate; absent: the system's. */
  ca?: string;
}

/** A body as it was before it was compressed. */
async function plain(reply: http.IncomingMessage): Promise<Readable> {
  if (reply.headers['content-encoding'] !== 'gzip') return reply;
  const [{ createGunzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  // Where the connection breaks, whoever reads the plain body hears of it.
  return pipeline(reply, createGunzip(), () => undefined);
}

/**
 * One exchange over HTTP. By Node's own client and not by `fetch`, whose first call takes 0.15 s of CPU: as much as all else that
 * `xf jobs` does.
 *
 * What is no question, and so can't be put again, gets a connection of its own: one that is kept may be closed by the coordinator
 * in the moment in which the order is sent.
 */
export function exchange(url: URL, { method, headers, body, signal, ca }: Asked): Promise<Reply> {
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((answered, failed) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const asked = request(url, {
      method,
      headers: { 'accept-encoding': 'gzip', ...headers, ...length },
      ...(method === 'GET' ? {} : { agent: false }),
      ...(signal === undefined ? {} : { signal }),
      ...(ca === undefined ? {} : { ca }),
    });
    asked.once('error', failed);
    asked.once('response', (reply) => {
      plain(reply).then((content) => {
        answered({
          status: reply.statusCode ?? 0,
          contentType: reply.headers['content-type'] ?? null,
          location: reply.headers.location ?? null,
          body: content,
          text: () => text(content),
        });
      }, failed);
    });
    asked.end(body);
  });
}
