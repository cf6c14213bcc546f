import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { flagOf } from './flag-of.js';

const command = new Command('set')
  .argument('<cron>')
  .option('--selector <expression>')
  .option('--runs <n>')
  .option('--jitter <minutes>')
  .option('--matrix-series <series>')
  .option('--silent <choice>')
  .option('--label <name=value>')
  .option('--at-once <label=n>')
  .option('--host <id>');

describe('flagOf', () => {
  it.each([
    ['selector', '--selector'],
    ['job.selector', '--selector'],
    ['job.runsPerHost', '--runs'],
    ['jitterMinutes', '--jitter'],
    ['cron', '<cron>'],
    ['matrix.series[0]', '--matrix-series[0]'],
    ['job.unavailable.silent', '--silent'],
    ['labels.team', '--label team'],
    ['atOnce.label', '--at-once label'],
    ['hosts[3]', '--host[3]'],
    ['job.seed', 'job.seed'],
  ])('names %s as %s', (field, flag) => {
    expect(flagOf(command)(field)).toBe(flag);
  });
});
