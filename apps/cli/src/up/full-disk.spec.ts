import { describe, expect, it } from '@jest/globals';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { blameFullDisk } from './full-disk.js';

describe('blameFullDisk', () => {
  const refused = new CliError('no coordinator answers', 'start one', exitCodes.unreachable);

  it('names the disk, what was seen and the remedy when there is no room for a log segment', () => {
    expect(blameFullDisk(refused, '/data', 3_400_000)).toMatchObject({
      message: 'the disk of /data is full (3 MB free): no coordinator answers',
      remedy: expect.stringContaining('free about 300 MB'),
      exitCode: exitCodes.failed,
    });
  });

  it('leaves a failure alone that room on the disk would not have prevented', () => {
    expect(blameFullDisk(refused, '/data', 17_000_000)).toBe(refused);
    expect(blameFullDisk(refused, '/data', Infinity)).toBe(refused);
  });
});
