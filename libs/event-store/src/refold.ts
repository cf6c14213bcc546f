import { fold, type Folding, type FoldMode } from './fold.js';
import type { Transaction } from './prisma.js';
import { readStreamAsItIs } from './read.js';

export interface Refolding extends Folding {
  reopen?: ((tx: Transaction, stream: string) => Promise<void>) | undefined;
}

/** Has every subscription but one fold a stream once more, with its next pass. Needs that one's turn. */
export async function askToRefold(tx: Transaction, stream: string, allBut: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO streams_to_refold (subscription, stream)
    SELECT subscription, ${stream} FROM checkpoints WHERE subscription <> ${allBut} ON CONFLICT DO NOTHING`;
}

/** Folds all events of the streams that the subscription is asked to fold once more, wherever its checkpoint is. */
export async function refold(tx: Transaction, name: string, how: Refolding, mode: FoldMode): Promise<void> {
  const asked = await tx.$queryRaw<{ stream: string }[]>`
    DELETE FROM streams_to_refold WHERE subscription = ${name} RETURNING stream`;
  for (const { stream } of asked) {
    await how.reopen?.(tx, stream);
    await fold(tx, await readStreamAsItIs(tx, stream), how, mode);
  }
}
