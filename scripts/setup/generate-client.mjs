// Prisma's client. What of it runs is committed, so that neither a start nor the tests need Prisma's command line (240 MB); its
// types, most of its 2.2 MB, are made by npm run setup, for the type check and lint.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { inRoot } from './project.mjs';
import { runNpm } from './run-npm.mjs';
import { runNode } from './run-node.mjs';
import { SetupError } from './setup-error.mjs';
import { doStamped, hashOf, readStamp } from './stamp.mjs';

const schema = 'prisma/schema.prisma';
/** Prisma's command line, in a folder of its own with its own lock file. */
const generator = 'prisma/generator';
const committed = 'libs/event-store/src/generated/prisma/internal/class.ts';
const types = 'libs/event-store/src/generated/prisma/models.ts';

const key = () => hashOf([schema, `${generator}/package-lock.json`]);

/** @param {string} text */
const withoutLayout = (text) => text.replace(/\s+/g, ' ').trim();

/** The client carries its schema, laid out anew; git may bring another client than that of the types beside it. */
export function isOfSchema() {
  if (!fs.existsSync(inRoot(committed))) return false;
  const carried = /"inlineSchema": ("(?:[^"\\]|\\.)*")/.exec(fs.readFileSync(inRoot(committed), 'utf8'))?.[1] ?? '""';
  const text = /** @type {string} */ (JSON.parse(carried));
  return withoutLayout(text) === withoutLayout(fs.readFileSync(inRoot(schema), 'utf8'));
}

/** @param {string} file */
const json = (file) => /** @type {unknown} */ (JSON.parse(fs.readFileSync(file, 'utf8')));

/** The folder of Prisma's command line, where it is installed in the version of its lock file. */
function installed() {
  try {
    const found = createRequire(inRoot(generator, 'package.json')).resolve('prisma/package.json');
    const lock = /** @type {{ packages: Record<string, { version: string }> }} */ (
      json(inRoot(generator, 'package-lock.json'))
    );
    const { version } = /** @type {{ version: string }} */ (json(found));
    return version === lock.packages['node_modules/prisma']?.version ? path.dirname(found) : null;
  } catch {
    return null;
  }
}

async function generate() {
  if (installed() === null) await runNpm(['ci', '--prefix', generator]);
  const folder = installed();
  if (folder === null) throw new SetupError(`npm left Prisma out of ${generator}`, 'run npm run generate again');
  const program = path.join(folder, 'build', 'index.js');
  const { code, output } = await runNode([program, 'generate', '--schema', schema], {
    env: {
      // Generating never runs the schema engine but insists on having one, which it would download: any existing
      // program satisfies it, and Node itself is the one that is surely there.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (code !== 0) throw new SetupError(`prisma generate failed:\n${output.trim()}`, `correct ${schema}`);
}

/** @param {import('./install.mjs').Extent} extent */
export const generateStep = (extent) => ({
  name: 'generate',
  describe: 'generating the Prisma client',
  isCurrent: () =>
    isOfSchema() && (extent !== 'development' || (fs.existsSync(inRoot(types)) && readStamp('generate') === key())),
  run: () => doStamped('generate', key(), generate),
});
