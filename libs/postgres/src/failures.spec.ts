import { describe, expect, it } from '@jest/globals';
import { explainFailure } from './failures.js';

// Words as PostgreSQL 18.4 and Node 20 printed them when the failure was provoked.
const dataDir = '/data/pg';

describe('explainFailure', () => {
  it.each([
    ['PANIC:  could not write to file "pg_wal/xlogtemp.29": No space left on device', 'the disk of /data/pg is full'],
    ["Error: ENOSPC: no space left on device, write '/data/pg/owner.7.json'", 'the disk of /data/pg is full'],
    ['FATAL:  could not open file "postmaster.pid": Read-only file system', 'on a read-only file system'],
    ["Error: EACCES: permission denied, mkdir '/data/pg'", '/data/pg can not be written'],
    ["Error: ENOTDIR: not a directory, mkdir '/data/pg'", '/data/pg is not a folder'],
    ["Error: ENOENT: no such file or directory, mkdir '/data/pg'", '/data/pg can not be made'],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'port 5432 of 127.0.0.1 is taken'],
    ['spawn setpriv ENOENT', 'the program setpriv is missing'],
  ])('%s', (output, what) => {
    const error = explainFailure('initdb failed (exit 1)', output, { dataDir, port: 5432 });
    expect(error.message).toContain(what);
    expect(error.remedy.length).toBeGreaterThan(20);
    expect(error.message).toContain(error.remedy);
    expect(String(error.cause)).toContain(output);
  });

  it('shows the last lines of a failure that it does not know', () => {
    const output = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
    const { message } = explainFailure('initdb failed (exit 1)', output, { dataDir });
    expect(message).toContain('line 39');
    expect(message).not.toContain('line 20');
    expect(message).toContain(dataDir);
  });
});
