import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { uuidSchema } from '#contracts';
import { SettingsError } from '../env/settings-error.js';

/**
 * Who this worker is beyond its id: an id that its state folder keeps, so that one that crashed takes its hosts over at
 * once and another under the same WORKER_ID is refused. Held until this process ends, whatever way: the kernel gives the
 * socket's name back.
 *
 * @throws SettingsError when another process of this machine holds it, or the folder can't be used.
 */
export async function takeInstance(stateDir: string, workerId: string): Promise<string> {
  const file = join(stateDir, `instance-${workerId}`);
  const instanceId = await readOrDraw(stateDir, file);
  if (await held(`\0xperf-fleet.worker.${instanceId}`.padEnd(108, '.'))) return instanceId;
  throw new SettingsError(
    `worker ${workerId} runs already on this machine, from ${file}; stop that one, or give this one a WORKER_ID of its own`,
  );
}

/** Drawn by whoever comes first; a link appears whole or not at all, and never replaces another's. */
async function readOrDraw(folder: string, file: string): Promise<string> {
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, `${randomUUID()}\n`, { mode: 0o600 });
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const id = uuidSchema.safeParse((await readFile(file, 'utf8')).trim());
    if (!id.success) throw new Error('it holds no id; remove it');
    return id.data;
  } catch (error) {
    throw new SettingsError(`the worker's state file ${file} can't be used: ${(error as Error).message}`);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

function held(name: string): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(name, () => {
      server.unref();
      resolve(true);
    });
  });
}
