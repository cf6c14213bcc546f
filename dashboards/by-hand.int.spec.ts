// docs/grafana.md, "On a Grafana that you have … by hand": its commands, and what it says of the login.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type FreshDatabase, freshDatabase } from '../test/postgres/fresh-database.js';

const page = readFileSync('docs/grafana.md', 'utf8');
/** A statement of the page, for a login that is this test's own. */
const statement = (begin: RegExp, login: string): string => {
  const found = [...page.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '').find((code) => begin.test(code));
  if (found === undefined) throw new Error(`docs/grafana.md has no ${begin.source}`);
  return found.replace('grafana', login).replace('…', 'secret');
};

describe('Grafana by hand', () => {
  let database: FreshDatabase;
  const logins = [1, 2].map(() => `grafana_${randomUUID().slice(0, 8)}`);
  const [other = '', outsider = ''] = logins;

  async function as(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const urlOf = (login: string): string => {
    const url = new URL(database.adminUrl);
    [url.username, url.password] = [login, 'secret'];
    return url.href;
  };

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    for (const login of logins) await as(database.adminUrl, `DROP ROLE IF EXISTS ${login}`);
    await database.drop();
  });

  it('writes a file a board', () => {
    expect(page).toContain('`npm run boards:export`');
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const [program, file = ''] = scripts['boards:export']?.split('&& ').at(-1)?.split(' ') ?? [];
    expect(program).toBe('node');
    const folder = mkdtempSync(join(tmpdir(), 'xf-boards-'));
    execFileSync(process.execPath, [file, folder]);
    expect(readdirSync(folder)).toEqual(readdirSync('dashboards/provisioning/boards'));
    rmSync(folder, { recursive: true });
  });

  it('reads the read model by another login, and neither events nor writes', async () => {
    await as(database.adminUrl, statement(/^CREATE ROLE grafana/, other));
    expect(await as(urlOf(other), 'SELECT count(*)::integer AS runs FROM runs')).toEqual([{ runs: 0 }]);
    await expect(as(urlOf(other), 'SELECT 1 FROM events')).rejects.toThrow('permission denied for table events');
    await expect(as(urlOf(other), 'DELETE FROM runs')).rejects.toThrow('permission denied for table runs');
  });

  it('is told what is missing, and the remedy helps', async () => {
    await as(database.adminUrl, `CREATE ROLE ${outsider} LOGIN PASSWORD 'secret'`);
    expect(page).toContain('`may not be read by grafana`');
    await expect(as(urlOf(outsider), 'SELECT 1 FROM runs')).rejects.toThrow(/^permission denied for (table|schema)/);
    await as(database.adminUrl, statement(/^GRANT xf_reader/, outsider));
    expect(await as(urlOf(outsider), 'SELECT 1 FROM runs')).toEqual([]);
  });
});
