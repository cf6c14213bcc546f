import type { ApiClient } from './api-client.js';

/** A job's name has 200 characters at most; the rest is for what follows it. */
const mostOfName = 180;

/**
 * A name for a job that is made after another one, and that no job has: `nightly retry`, then `nightly retry 2`. With the name of the
 * first, neither could be called by it any more.
 */
export async function freeName(client: ApiClient, name: string, what: 'retry' | 'rerun'): Promise<string> {
  const first = name.replace(/ (retry|rerun)( \d+)?$/, '');
  const base = `${first.slice(0, mostOfName).replace(/[\ud800-\udbff]$/, '')} ${what}`;
  for (let count = 1; ; count += 1) {
    const tried = count === 1 ? base : `${base} ${count}`;
    if ((await client.jobs({ name: tried, limit: 1 })).items.length === 0) return tried;
  }
}
