import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { hasCode, PostgresError } from './postgres-error.js';
import { isRunning, startTicks } from './processes.js';

const ownerSchema = z.object({ pid: z.int().positive(), startTicks: z.string().nullable() });
type Owner = z.infer<typeof ownerSchema>;

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    // A torn file comes from an owner that died while writing.
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

function isAlive(owner: Owner): boolean {
  return isRunning(owner.pid) && startTicks(owner.pid) === owner.startTicks;
}

/**
 * Makes this process the owner of a data folder until the returned function is called. The claim of a process that was
 * killed is taken over.
 *
 * @throws PostgresError when another living process owns it.
 */
export async function claimFolder(dataDir: string): Promise<() => Promise<void>> {
  const file = join(dataDir, 'owner.json');
  const own = join(dataDir, `owner.${process.pid}.json`);
  try {
    await writeFile(own, JSON.stringify({ pid: process.pid, startTicks: startTicks(process.pid) }), { mode: 0o600 });
    for (;;) {
      try {
        await link(own, file);
        return () => rm(file, { force: true });
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
        const owner = await readOwner(file);
        if (owner !== null && isAlive(owner)) {
          throw new PostgresError(
            `process ${owner.pid} already runs the PostgreSQL of ${dataDir}`,
            'Stop it first, or use another data folder',
          );
        }
        await rm(file, { force: true });
      }
    }
  } finally {
    await rm(own, { force: true });
  }
}
