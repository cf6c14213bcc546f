import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { PrismaClient } from '#event-store';
import { isLoopback } from '#connect';
import type { Settings } from '../environment.js';
import { isForwarded } from '../http/forwarded.js';
import { SharedReadings } from '../http/shared-readings.js';
import type { Actor } from '../http/request-context.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { bearerKey } from './api-key.js';
import { actorOfKey, wasRevoked } from './key-store.js';
import { LocalConsole } from './local-console.js';

/** Why nobody is known to ask; `invalid` when a key was given and is not good. */
export interface Stranger {
  fault: string;
  invalid: boolean;
  /** It was good until somebody revoked it. */
  revoked?: boolean;
}

/** Whether a request comes from this machine: its connection does, and no proxy here speaks for somebody else. */
export function isFromLoopback(request: Request): boolean {
  const peer = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  // Express's own, of XF_TRUSTED_PROXIES. What such a one sends is its clients' also where it names none.
  const isProxy = request.app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  return isLoopback(peer) && !isForwarded(request) && !isProxy(peer, 0);
}

/** Tells who asks, as things stand now: a key or session that was good a moment ago may have been revoked. */
@Injectable()
export class Authentication {
  /** By key, and whether it is used on this machine: one key may follow a thousand jobs. */
  private readonly knownKeys = new SharedReadings(async (asked) => {
    const [key, isLocal] = JSON.parse(asked) as [key: string, isLocal: boolean];
    return (await actorOfKey(this.db, this.settings, key, isLocal)) !== null;
  });

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly localConsole: LocalConsole,
  ) {}

  async actorOf(request: Request): Promise<Actor | Stranger> {
    const header = request.get('authorization');
    const opener = header === undefined ? this.localConsole.actorOf(request) : null;
    if (opener !== null) return opener;
    const bearer = bearerKey(header);
    if ('fault' in bearer) return { fault: bearer.fault, invalid: false };
    const actor = await actorOfKey(this.db, this.settings, bearer.key, isFromLoopback(request));
    if (actor !== null) return actor;
    if (await wasRevoked(this.db, bearer.key))
      return { fault: 'the API key was revoked', invalid: true, revoked: true };
    const bootstrap = 'a bootstrap key counts only while there is no other admin key';
    return { fault: `the API key is not known or was revoked (${bootstrap})`, invalid: true };
  }

  /** Whether whoever made this request would still be let in: for replies that go on for long. */
  async isStillKnown(request: Request): Promise<boolean> {
    const header = request.get('authorization');
    const bearer = bearerKey(header);
    if (header === undefined || 'fault' in bearer) return 'role' in (await this.actorOf(request));
    return this.knownKeys.get(JSON.stringify([bearer.key, isFromLoopback(request)]));
  }
}
