import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

const password = z.string().min(24);

const secretsSchema = z.object({
  /** Admin key, believed by the coordinator from loopback only. */
  localKey: z.string().regex(/^xf_admin_[A-Za-z0-9_-]{43}$/),
  /** PostgreSQL passwords of our logins. */
  coordinator: password,
  worker: password,
  reader: password,
});
export type Secrets = z.infer<typeof secretsSchema>;

function makeSecrets(): Secrets {
  const random = (): string => randomBytes(32).toString('base64url');
  return { localKey: `xf_admin_${random()}`, coordinator: random(), worker: random(), reader: random() };
}

/**
 * The local fleet's secrets, kept in `<dataDir>/secrets.json` with mode 0600 so that they stay the same from start to
 * start; made on first use, and again when the file is damaged (every start sets the passwords from here).
 */
export async function readSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json');
  try {
    return secretsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const lost = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!lost && !(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw folderError(dataDir, error);
  }
  const secrets = makeSecrets();
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (error) {
    throw folderError(dataDir, error);
  }
  return secrets;
}

/** A file-system error of the data folder in words. */
export function folderError(dataDir: string, error: unknown): CliError {
  const { code, message } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new CliError(
    `can't write the data folder ${dataDir}: ${message}`,
    full
      ? 'the disk is full: free some space, or name a folder on another disk with XF_HOME'
      : 'make it writable for this user, or name another folder with XF_HOME',
    exitCodes.failed,
  );
}
