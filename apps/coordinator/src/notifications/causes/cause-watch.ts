import type { RouteView } from '#contracts';
import type { PrismaClient } from '#event-store';

/** Something that is so now: a host is silent, a finding is open. */
export interface Item {
  /** Names it for as long as it is so. */
  key: string;
  /** Those of one group that begin together are one message. */
  group: string;
  /** Whether a message may begin with it. One that is told already goes on in any case. */
  begins: boolean;
  /** Since when it is so; null: nobody knows. */
  sinceMs: number | null;
  hosts: readonly string[];
  /** What is to be said of it; `title` where it is alone. */
  title: string;
  lines: readonly string[];
  /** The console's page about it. */
  page: string | null;
}

export interface Asked {
  db: PrismaClient;
  route: RouteView;
  /** Whether heartbeats could be heard for as long as a host must be silent. */
  couldHear: () => Promise<boolean>;
}

/** How something that a route may be told of is noticed. */
export interface CauseWatch {
  /** It is looked for so often. */
  everyMs: number;
  /** It is over when it has not been so for so long: what comes and goes is told once. */
  quietMs: number;
  /** All that is so now; null: that can't be told at the moment. */
  find: (asked: Asked) => Promise<Item[] | null>;
  /** The title of several items of one group. */
  title: (items: readonly Item[], groupBy: string) => string;
  /** How items have come to their end, in lines; left out, that they have is all that there is to say. */
  ended?: (db: PrismaClient, keys: readonly string[]) => Promise<string[]>;
}
