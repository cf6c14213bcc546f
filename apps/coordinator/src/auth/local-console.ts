import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isLoopback } from '../environment.js';
import type { Actor } from '../http/request-context.js';
import { ownerOfConnection } from './socket-owner.js';

const cookieName = 'xf_console';
const safeMethods = new Set(['GET', 'HEAD']);
/** It may submit and cancel, as whoever owns this process may; making keys stays with the key itself. */
const actor: Actor = { keyId: 'local-console', role: 'submit' };

/** Headers by which a proxy says that it speaks for somebody else, who may be anywhere. */
const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** The name in a Host header, without its port; IPv6 in its brackets. */
function hostName(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').toLowerCase();
}

/**
 * Whether connection and address both are of this machine. The Host header counts because a foreign site may point a
 * name of its own at 127.0.0.1 (DNS rebinding): the browser then sends that name.
 */
function isLocal(request: IncomingMessage): boolean {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (forwarded.some((name) => request.headers[name] !== undefined)) return false;
  return isLoopback(peer) && ['localhost', '127.0.0.1', '[::1]'].includes(hostName(request.headers.host));
}

/** Whether a request that changes something comes from a page of this very origin. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin !== undefined) return headers.origin.toLowerCase() === `http://${headers.host?.toLowerCase()}`;
  return headers['sec-fetch-site'] === 'same-origin';
}

function cookieOf(request: IncomingMessage): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) ?? null;
}

/**
 * Lets the console of the one-machine fleet in without a typed key: whoever opens it as the user that runs the
 * coordinator (or as root) could read the local key anyway. Others on the machine get no cookie and are asked for a key.
 *
 * The cookie's value is made anew by each process and is not the key. Browsers send cookies to every port of a name, so
 * another user's server may come to know it: therefore each connection that shows it must be the own user's as well.
 */
export class LocalConsole {
  private readonly session = randomBytes(32).toString('base64url');
  private readonly owned = new WeakMap<Socket, Promise<boolean>>();

  constructor(
    private readonly enabled: boolean,
    private readonly log: Logger,
    private readonly ownUid = process.getuid?.() ?? null,
  ) {}

  /** Middleware: gives whoever opens the page as the coordinator's own user the session's cookie. */
  readonly open = (request: Request, response: Response, next: NextFunction): void => {
    if (!this.enabled || request.method !== 'GET' || request.path !== '/' || !isLocal(request)) return next();
    this.isOwnUser(request.socket).then((own) => {
      if (own) {
        response.cookie(cookieName, this.session, { httpOnly: true, sameSite: 'strict', path: '/' });
        response.setHeader('Cache-Control', 'no-store');
      }
      next();
    }, next);
  };

  /** Who asks by the cookie; null without it, and for anything that another site could have made the browser send. */
  async actorOf(request: IncomingMessage): Promise<Actor | null> {
    if (!this.enabled || !isLocal(request)) return null;
    const given = cookieOf(request);
    if (given === null || !sameText(given, this.session)) return null;
    if (!safeMethods.has(request.method ?? '') && !isSameOrigin(request)) return null;
    return (await this.isOwnUser(request.socket)) ? actor : null;
  }

  private isOwnUser(socket: Socket): Promise<boolean> {
    const known = this.owned.get(socket);
    if (known !== undefined) return known;
    const asked = this.lookUp(socket);
    this.owned.set(socket, asked);
    return asked;
  }

  private async lookUp({ remotePort, localPort }: Socket): Promise<boolean> {
    if (this.ownUid === null || remotePort === undefined || localPort === undefined) return false;
    try {
      const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readTable(`/proc/net/${name}`)));
      const uid = ownerOfConnection(tables.join('\n'), remotePort, localPort);
      return uid !== null && (uid === this.ownUid || uid === 0);
    } catch (error) {
      this.log.warn({ err: error }, 'whose connection this is can not be read; the console asks for a key');
      return false;
    }
  }
}

async function readTable(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''; // a kernel without IPv6, or not Linux
    throw error;
  }
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
