import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { CliError } from '../cli-error.js';
import { readLocalFleet } from '../client/connection.js';
import { exitCodes } from '../exit-codes.js';
import { folderError } from '../up/secrets.js';

/** What `demo.json` says of the demo beside it: which one it is, and whether all of it stands there. */
const markerSchema = z.object({
  /** Raised when a release makes another history of the same options; one of an earlier release is made again. */
  form: z.literal(2),
  state: z.enum(['building', 'complete']),
  options: z.object({
    days: z.int(),
    hosts: z.int(),
    runs: z.int(),
    samples: z.int(),
    seed: z.int(),
    until: z.string(),
  }),
  runs: z.int(),
});
export type DemoMarker = z.infer<typeof markerSchema>;

/** The demo's data folder, beside that of the fleet on this machine: a PostgreSQL of its own, secrets and logs of its own. */
export const demoFolder = (dataDir: string): string => path.join(dataDir, 'demo');

const markerFile = (folder: string): string => path.join(folder, 'demo.json');
const storyFile = (folder: string): string => path.join(folder, 'story.json');

/** Null where no demo was begun, or by another release. */
export async function readMarker(folder: string): Promise<DemoMarker | null> {
  try {
    return markerSchema.parse(JSON.parse(await readFile(markerFile(folder), 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw folderError(folder, error);
  }
}

/** Writes a file of the demo's folder, whole or not at all. */
async function write(folder: string, file: string, value: object): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`);
    await rename(`${file}.new`, file);
  } catch (error) {
    throw folderError(folder, error);
  }
}

export const writeMarker = (folder: string, marker: DemoMarker): Promise<void> =>
  write(folder, markerFile(folder), marker);
export const writeStory = (folder: string, story: object): Promise<void> => write(folder, storyFile(folder), story);

/** @throws CliError when the demo is served or made by another process just now. */
export async function refuseRunning(folder: string): Promise<void> {
  const other = await readLocalFleet(folder);
  if (other !== null && other.pid !== process.pid && isAlive(other.pid))
    throw new CliError(
      `the demo is being served: ${other.url} (process ${other.pid})`,
      `use it there, or stop it first (kill ${other.pid})`,
      exitCodes.failed,
    );
  const owner = await postgresOwner(folder);
  if (owner !== null && owner !== process.pid && isAlive(owner))
    throw new CliError(
      `process ${owner} is working on the demo in ${folder}`,
      `wait until it is done, or stop it first (kill ${owner}); what it has made is kept`,
      exitCodes.failed,
    );
}

async function postgresOwner(folder: string): Promise<number | null> {
  try {
    const text = await readFile(path.join(folder, 'postgres', 'owner.json'), 'utf8');
    return z.object({ pid: z.int().positive() }).parse(JSON.parse(text)).pid;
  } catch {
    return null; // none, or torn: then PostgreSQL's own claim decides
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Removes the demo.
 *
 * @returns whether there was one.
 * @throws CliError when it is in use, or the folder holds something else.
 */
export async function removeDemo(folder: string): Promise<boolean> {
  await refuseRunning(folder);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw folderError(folder, error);
  }
  if (names.length > 0 && !names.includes(path.basename(markerFile(folder))))
    throw new CliError(
      `${folder} holds no demo: there is no demo.json in it`,
      'check what is in it, and remove it by hand if you don’t need it',
      exitCodes.failed,
    );
  try {
    // The marker last: interrupted, what is left is still known for a demo.
    for (const name of names.filter((one) => one !== path.basename(markerFile(folder))))
      await rm(path.join(folder, name), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    throw folderError(folder, error);
  }
  return true;
}
