import { inflateSync } from 'node:zlib';
import type { Truth } from '../truth.js';
import type { Finding } from './finding.js';
import type { BatchBytes } from './rows.js';
import type { RunStory } from './run-story.js';
import { unpack } from './unpack.js';

/** Samples against the truth: how many of each kind of wrong there are, and the first sequence number. */
function compareSamples(batches: readonly BatchBytes[], truth: Truth): { count: number; wrongs: string[] } {
  const seen = new Uint8Array(truth.samples.length);
  const wrongs = new Map<string, { times: number; first: number }>();
  const note = (what: string, seq: number): void => {
    const known = wrongs.get(what);
    if (known) known.times += 1;
    else wrongs.set(what, { times: 1, first: seq });
  };
  let count = 0;
  for (const { samples } of batches) {
    for (const { seq, u2k, k2u, interrupted } of unpack(samples)) {
      count += 1;
      const real = truth.samples[seq];
      if (real === undefined) note('with a number beyond the last fault', seq);
      else if (real === null) note('of a rejected fault', seq);
      else if (real.u2k !== u2k || real.k2u !== k2u || real.interrupted !== interrupted) note('with wrong values', seq);
      if (seen[seq] === 1) note('counted twice', seq);
      seen[seq] = 1;
    }
  }
  const text = [...wrongs].map(([what, { times, first }]) => `${times} samples ${what} (first: ${first})`);
  return { count, wrongs: text };
}

/** The captured bytes: ranges that follow one another, and all of them the log that was printed. */
function compareLog(story: RunStory, batches: readonly BatchBytes[], { log }: Truth): string[] {
  const wrongs: string[] = [];
  let at = 0;
  const parts = batches.map(({ batch, raw }) => {
    const said = story.attempts.at(-1)?.batches[batch];
    const part = inflateSync(raw);
    if (said?.rawFrom !== at || said.rawTo !== at + part.length)
      wrongs.push(`batch ${batch} says bytes ${said?.rawFrom} to ${said?.rawTo}, has ${at} to ${at + part.length}`);
    at += part.length;
    return part;
  });
  const kept = Buffer.concat(parts);
  if (!kept.equals(log)) wrongs.push(`the ${kept.length} captured bytes are not the ${log.length} that were printed`);
  return wrongs;
}

/** A completed run gives every sequence number once, as sample, loss or rejection, and every sample is true. */
export function samplesTrue(story: RunStory, batches: readonly BatchBytes[], truth: Truth): Finding[] {
  const { completed, runId } = story;
  if (completed === null) return [];
  const { count, wrongs } = compareSamples(batches, truth);
  const { samples, lost, rejected, faults, rawBytes } = completed;
  if (faults !== truth.samples.length)
    wrongs.push(`it speaks of ${faults} faults, ${truth.samples.length} were asked for`);
  if (count !== samples) wrongs.push(`it says ${samples} samples, ${count} are stored`);
  if (samples + lost + rejected !== faults)
    wrongs.push(`${samples} samples, ${lost} lost and ${rejected} rejected are not ${faults} faults`);
  // A lost end line leaves nothing to tell the rejected from the lost.
  const rejectedFits = rejected === truth.rejected || (truth.damaged && rejected === 0);
  if (!rejectedFits) wrongs.push(`it says ${rejected} rejected, ${truth.rejected} were`);
  if (!truth.damaged && lost !== 0) wrongs.push(`it says ${lost} lost of a log without damage`);
  if (rawBytes !== truth.log.length)
    wrongs.push(`it says ${rawBytes} bytes were captured, ${truth.log.length} were printed`);
  wrongs.push(...compareLog(story, batches, truth));
  return wrongs.map((says) => ({ check: 'samples', about: `run-${runId}`, says }));
}
