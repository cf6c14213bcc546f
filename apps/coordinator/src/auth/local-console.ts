import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { isLoopback } from '#connect';
import { isForwarded } from '../http/forwarded.js';
import type { Actor } from '../http/request-context.js';
import { ExpiringSecrets, makeSecret } from './expiring-secrets.js';

export const consoleCookie = 'xf_console';
export const consoleHeader = 'x-console-session';

const safeMethods = new Set(['GET', 'HEAD']);
/** It may submit and cancel, as whoever made the link may; making keys stays with the key itself. */
const actor: Actor = { keyId: 'local-console', role: 'submit' };

/** Long enough to walk from the terminal to the browser. */
const linkMs = 10 * 60_000;
/** A working day. */
const sessionMs = 12 * 3_600_000;
const linksAtOnce = 100;
const sessionsAtOnce = 100;

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
  if (isForwarded(request)) return false;
  return isLoopback(peer) && ['localhost', '127.0.0.1', '[::1]'].includes(hostName(request.headers.host));
}

/** Whether a request that changes something comes from a page of this very origin. */
function isSameOrigin({ headers, socket }: IncomingMessage): boolean {
  const scheme = socket instanceof TLSSocket ? 'https' : 'http';
  if (headers.origin !== undefined)
    return headers.origin.toLowerCase() === `${scheme}://${headers.host?.toLowerCase()}`;
  return headers['sec-fetch-site'] === 'same-origin';
}

function cookieOf(request: IncomingMessage): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${consoleCookie}=`))?.slice(consoleCookie.length + 1) ?? null;
}

/** A dot is in no secret, so that a whole session in one half's place is not taken for both. */
const whole = (cookie: string, page: string): string => `${cookie}.${page}`;

/** Both halves of a session; neither is worth anything alone. */
export interface ConsoleSession {
  cookie: string;
  page: string;
  lifeMs: number;
}

/**
 * Lets the console of the one-machine fleet in without a typed key: whoever holds the local key makes a link, which is
 * good once and becomes a session.
 *
 * A session has two halves. The cookie's can't be read by scripts; but browsers send cookies to every port of a name,
 * so a server of another user may come to know it. The page's half lies in the storage of its origin, which other ports
 * can't read, and travels in a header, which other sites can't send.
 *
 * All of it is in this process's memory: a coordinator that starts again knows no link and no session.
 */
export class LocalConsole {
  private readonly links = new ExpiringSecrets(linkMs, linksAtOnce);
  private readonly sessions = new ExpiringSecrets(sessionMs, sessionsAtOnce);

  constructor(readonly enabled: boolean) {}

  /** A token for one login, and how long it is good. */
  makeLink(): { token: string; lifeMs: number } {
    const token = makeSecret();
    this.links.add(token);
    return { token, lifeMs: this.links.lifeMs };
  }

  /** The session that a link's token is exchanged for; null when it is not good (any more), or is used from elsewhere. */
  logIn(request: IncomingMessage, token: string): ConsoleSession | null {
    if (!this.enabled || !isLocal(request) || !this.links.take(token)) return null;
    const [cookie, page] = [makeSecret(), makeSecret()];
    this.sessions.add(whole(cookie, page));
    return { cookie, page, lifeMs: this.sessions.lifeMs };
  }

  /** Who asks by a session; null without one, and for anything that another site could have made the browser send. */
  actorOf(request: IncomingMessage): Actor | null {
    if (!this.enabled || !isLocal(request)) return null;
    const [cookie, page] = [cookieOf(request), request.headers[consoleHeader]];
    if (cookie === null || typeof page !== 'string' || !this.sessions.has(whole(cookie, page))) return null;
    return safeMethods.has(request.method ?? '') || isSameOrigin(request) ? actor : null;
  }

  /** Ends all sessions and makes all links void. */
  revokeAll(): void {
    this.links.clear();
    this.sessions.clear();
  }
}
