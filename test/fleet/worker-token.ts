import { contractVersion } from '#contracts';
import type { PrismaClient } from '#event-store';

/** What a registration leaves in the database: hosts that are the worker's, and the hash of its token. */
export async function letWorkerWrite(
  db: PrismaClient,
  worker: { workerId: string; instanceId: string; tokenHash: string; hostIds: readonly string[] },
): Promise<void> {
  const { workerId, instanceId, hostIds } = worker;
  const held = { instanceId, keyId: 'test', tokenHash: new Uint8Array(Buffer.from(worker.tokenHash, 'hex')) };
  await db.workerToken.upsert({ where: { workerId }, create: { workerId, ...held }, update: held });
  for (const hostId of hostIds) {
    const seen = { workerId, instanceId, contractVersion, seenAt: new Date() };
    await db.workerPresence.upsert({ where: { hostId }, create: { hostId, ...seen }, update: seen });
  }
}
