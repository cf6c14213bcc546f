import type { Verdict } from '#contracts';
import type { Paint } from './colours.js';

const colours = { slower: 'red', faster: 'green', equal: 'cyan', inconclusive: 'yellow' } as const;

/** A text in the colour of its verdict; without one as it is. */
export const verdictPainted = (text: string, verdict: Verdict | null, paint: Paint): string =>
  verdict === null ? text : paint[colours[verdict]](text);
