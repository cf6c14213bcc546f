// A package from another suite of Debian than the machine's: fetched and unpacked into the cache. The system's packages and
// apt's own state stay as they are.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, KernelToolError } from './exits.mjs';
import { missingPackages, refuseMissing, runProgram } from './programs.mjs';
import { codenameIn, sourceOf } from './apt-source.mjs';

/**
 * apt with one source, whose lists, packages and locks are in a folder of its own.
 * @param {string} folder
 * @param {string} source the one source's text
 */
async function aptIn(folder, source) {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'archives', 'partial'), { recursive: true });
  await mkdir(join(folder, 'no-more-sources'), { recursive: true });
  const list = join(folder, 'the.sources');
  await writeFile(list, source);
  const options = {
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': join(folder, 'no-more-sources'),
    // As root apt would drop to a user who may not write here; what it fetches is checked by its signed hashes all the same.
    'APT::Sandbox::User': '',
  };
  const set = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  /** @param {string[]} parameters */
  return (parameters) => runProgram('apt-get', ['-q', ...set, ...parameters], { cwd: folder });
}

/**
 * The machine's own source, with the suite's name in the place of its own.
 *
 * @param {string} suite
 */
async function sourceFor(suite) {
  const codename = codenameIn(await readFile('/etc/os-release', 'utf8'));
  const targets = await runProgram('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)']);
  const source = sourceOf(targets, codename, suite);
  if (source !== undefined) return source;
  throw new KernelToolError(
    EXIT.missing,
    `apt has no source of ${codename ?? 'this distribution'}, main, that one of ${suite} could be made from; add Debian's, or name a source folder with --source`,
  );
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {Promise<{ file: string, version: string } | undefined>} the one `<name>_<version>_all.deb` in the folder
 */
async function debIn(folder, name) {
  if (!existsSync(folder)) return undefined;
  for (const file of await readdir(folder)) {
    const [first, version, last] = file.split('_');
    if (first === name && version !== undefined && last?.endsWith('.deb'))
      return { file, version: decodeURIComponent(version) };
  }
  return undefined;
}

/**
 * Fetches a package once and unpacks it. Removing the folder makes the next call fetch what the suite has then.
 * @param {string} name
 * @param {string} suite for example `trixie-backports`
 * @param {string} folder where it is kept
 * @returns {Promise<{ root: string, version: string }>} `root`: the folder that stands for `/` in the package
 */
export async function provideFromSuite(name, suite, folder) {
  const kept = join(folder, 'package');
  const root = join(kept, 'root');
  const before = await debIn(kept, name);
  if (before !== undefined) return { root, version: before.version };
  refuseMissing(await missingPackages(['apt-get', 'dpkg-deb']));
  await mkdir(folder, { recursive: true });
  const fresh = await mkdtemp(join(folder, 'new-'));
  try {
    const apt = await aptIn(fresh, await sourceFor(suite));
    await apt(['update', '-o', 'APT::Update::Error-Mode=any']);
    await apt(['download', name]);
    const deb = await debIn(fresh, name);
    if (deb === undefined) throw new KernelToolError(EXIT.failed, `apt fetched no ${name} from ${suite}`);
    await mkdir(join(fresh, 'kept'));
    await runProgram('dpkg-deb', ['-x', join(fresh, deb.file), join(fresh, 'kept', 'root')]);
    // The package itself is empty from here on: its name says what was unpacked.
    await writeFile(join(fresh, 'kept', deb.file), '');
    await rm(kept, { recursive: true, force: true });
    await rename(join(fresh, 'kept'), kept);
    return { root, version: deb.version };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
