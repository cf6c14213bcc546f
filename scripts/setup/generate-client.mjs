import fs from 'node:fs';
import process from 'node:process';
import { inRoot } from './project.mjs';
import { runNode } from './run-node.mjs';
import { SetupError } from './setup-error.mjs';
import { doStamped, hashOf, readStamp } from './stamp.mjs';

const output = 'libs/event-store/src/generated/prisma/client.ts';

const key = () => {
  const text = fs.readFileSync(inRoot('node_modules/prisma/package.json'), 'utf8');
  const { version } = /** @type {{ version: string }} */ (JSON.parse(text));
  return hashOf(['prisma/schema.prisma', 'prisma.config.ts'], [version]);
};

export const generateStep = {
  name: 'generate',
  describe: 'generating the Prisma client',
  isCurrent: () => fs.existsSync(inRoot(output)) && readStamp('generate') === key(),
  async run() {
    await doStamped('generate', key(), async () => {
      const { code, output: said } = await runNode(['node_modules/prisma/build/index.js', 'generate'], {
        env: {
          // Generating never runs the schema engine but insists on having one, which it would download: any existing
          // program satisfies it, and Node itself is the one that is surely there.
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
          CHECKPOINT_DISABLE: '1',
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
        },
      });
      if (code !== 0) throw new SetupError(`prisma generate failed:\n${said.trim()}`, 'correct prisma/schema.prisma');
    });
  },
};
