import { describe, expect, it } from '@jest/globals';
import { parsePidFile } from './postmaster.js';

describe('parsePidFile', () => {
  const lines = ['4711', '/data/pg/cluster', '1763800000', '5432', '', '127.0.0.1', '  1234   5', 'ready   ', ''];
  it('reads the pid and whether connections are taken', () => {
    expect(parsePidFile(lines.join('\n'))).toEqual({ pid: 4711, ready: true });
    expect(parsePidFile([...lines.slice(0, 7), 'starting', ''].join('\n'))).toEqual({ pid: 4711, ready: false });
  });
  it('reads a file that is still being written', () => {
    expect(parsePidFile('4711\n/data/pg/cluster\n')).toEqual({ pid: 4711, ready: false });
  });
  it('refuses what is no pid', () => {
    expect(parsePidFile('')).toBeNull();
    expect(parsePidFile('-1\n')).toBeNull();
    expect(parsePidFile('junk\n')).toBeNull();
  });
});
