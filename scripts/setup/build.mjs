import fs from 'node:fs';
import { inRoot } from './project.mjs';
import { remembered } from './remembered.mjs';
import { runNode } from './run-node.mjs';
import { SetupError } from './setup-error.mjs';
import { doStamped, filesBelow, hashOf, readStamp } from './stamp.mjs';

// Same folders as "filenames" in nest-cli.json.
const sources = ['apps', 'libs', 'dashboards', 'bench'];
const settings = ['nest-cli.json', 'tsconfig.json', '.swcrc', 'package-lock.json'];

/**
 * What ends up in dist: every script, no tests.
 *
 * @param {string} file
 */
const isBuilt = (file) => /\.[cm]?[jt]sx?$/.test(file) && !/\.(spec|test)\.ts$/.test(file);

function key() {
  const files = [...filesBelow(sources, isBuilt), ...settings];
  const words = [process.versions.node];
  return remembered('build', files, words, () => hashOf(files, words));
}

export const buildStep = {
  name: 'build',
  describe: 'building (nest build)',
  isCurrent: () => fs.existsSync(inRoot('dist')) && readStamp('build') === key(),
  async run() {
    await doStamped('build', key(), async () => {
      const { code, output } = await runNode(['node_modules/@nestjs/cli/bin/nest.js', 'build']);
      if (code !== 0) throw new SetupError(`nest build failed:\n${output.trim()}`, 'correct the source that it names');
    });
  },
};
