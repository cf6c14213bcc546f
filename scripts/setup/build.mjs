import fs from 'node:fs';
import path from 'node:path';
import { inRoot, root } from './project.mjs';
import { remembered } from './remembered.mjs';
import { SetupError } from './setup-error.mjs';
import { doStamped, filesBelow, hashOf, readStamp } from './stamp.mjs';

const sources = ['apps', 'libs', 'dashboards', 'bench'];
const settings = ['.swcrc', 'package-lock.json'];

/**
 * What ends up in dist: TypeScript, no tests.
 *
 * @param {string} file
 */
const isBuilt = (file) => file.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(file);

const built = () => filesBelow(sources, isBuilt);

function key() {
  const files = [...built(), ...settings];
  const words = [process.versions.node];
  return remembered('build', files, words, () => hashOf(files, words));
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error)).trim();

/**
 * One file, by what .swcrc says, with its source map beside it.
 *
 * @param {typeof import('@swc/core')} swc
 * @param {string} file relative to the root
 */
async function compile(swc, file) {
  const target = inRoot('dist', file.replace(/\.ts$/, '.js'));
  const sourceFileName = path.relative(path.dirname(target), inRoot(file)).replaceAll(path.sep, '/');
  const { code, map } = await swc.transformFile(inRoot(file), { cwd: root, sourceFileName });
  await fs.promises.mkdir(path.dirname(target), { recursive: true });
  await fs.promises.writeFile(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map`);
  await fs.promises.writeFile(`${target}.map`, map ?? '');
}

export const buildStep = {
  name: 'build',
  describe: 'building (swc)',
  isCurrent: () => fs.existsSync(inRoot('dist')) && readStamp('build') === key(),
  async run() {
    await doStamped('build', key(), async () => {
      // Only now: until the packages are installed, there is none.
      const swc = await import('@swc/core');
      fs.rmSync(inRoot('dist'), { recursive: true, force: true });
      const results = await Promise.allSettled(built().map((file) => compile(swc, file)));
      const errors = results.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : []));
      if (errors.length > 0)
        throw new SetupError(`the build failed:\n${errors.join('\n')}`, 'correct the source that it names');
    });
  },
};
