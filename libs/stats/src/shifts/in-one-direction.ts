interface Directed {
  direction: 'up' | 'down';
}

/** Changes in order of time, those in the same direction that follow upon each other together. */
export function inOneDirection<Found extends Directed>(found: readonly Found[]): [Found, ...Found[]][] {
  const runs: [Found, ...Found[]][] = [];
  for (const one of found) {
    const last = runs.at(-1);
    if (last?.[0].direction === one.direction) last.push(one);
    else runs.push([one]);
  }
  return runs;
}
