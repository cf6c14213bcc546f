import type { Probe } from '#contracts';

/** 32-bit FNV-1a over the text's UTF-16 units, low byte first. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}

/** Finalizer of MurmurHash3 (Austin Appleby, public domain): spreads every input bit over the whole word. */
function spread(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Seed of a job that was given none, 0 to 2^32-1: the same job id gives the same, so that a repeated request does. */
export function jobSeed(jobId: string): number {
  return spread(fnv1a(jobId));
}

/** Seed of one run's simulated noise, 0 to 2^32-1: the same job seed, host, probe and replicate give the same noise. */
export function runSeed(jobSeed: number, hostId: string, probe: Probe, replicate: number): number {
  return spread(fnv1a(`${jobSeed}/${hostId}/${probe}/${replicate}`));
}

/** Endless seeded words of 32 bits: a counter in steps of the golden ratio (Weyl sequence), each value spread. */
export function* words(seed: number): Generator<number, never> {
  for (let counter = seed >>> 0; ; counter = (counter + 0x9e3779b9) >>> 0) yield spread(counter ^ 0x5bf03635);
}

/** A text's 32 bits, each as likely as the other. */
export function spreadText(text: string): number {
  return spread(fnv1a(text));
}
