import { describe, expect, it } from '@jest/globals';
import { CliError } from '../cli-error.js';
import { CsvJoiner, ndjsonOf } from './export-lines.js';

async function* lines(...all: string[]): AsyncGenerator<string> {
  await Promise.resolve();
  yield* all;
}

async function text(parts: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const part of parts) all += part;
  return all;
}

const a = { runId: 'r1', hostId: 'h1' };
const b = { runId: 'r2', hostId: 'h2' };

it('ndjsonOf puts run and host in front of every sample', async () => {
  const out = await text(ndjsonOf(a, lines('{"seq":0,"u2k":440}', '{"seq":1,"u2k":441}', '')));
  expect(out.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
    { runId: 'r1', hostId: 'h1', seq: 0, u2k: 440 },
    { runId: 'r1', hostId: 'h1', seq: 1, u2k: 441 },
  ]); // prettier-ignore
});

describe('CsvJoiner', () => {
  it('writes one header for all runs', async () => {
    const csv = new CsvJoiner();
    expect(
      (await text(csv.of(a, lines('seq,u2k', '0,440')))) + (await text(csv.of(b, lines('seq,u2k', '0,300')))),
    ).toBe('runId,hostId,seq,u2k\nr1,h1,0,440\nr2,h2,0,300\n');
  });

  it('refuses to mix probes whose columns differ', async () => {
    const csv = new CsvJoiner();
    await text(csv.of(a, lines('seq,u2k')));
    await expect(text(csv.of(b, lines('seq,pf_rt', '0,900')))).rejects.toThrow(CliError);
  });
});
