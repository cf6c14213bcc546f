import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** The project's own configuration; typed rules are off because the files below exist only in this test. */
const eslint = new ESLint({ overrideConfig: tseslint.configs.disableTypeChecked as never });

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).filter((m) => m.ruleId === 'no-restricted-imports').map((m) => m.message);
}

describe('import boundaries', () => {
  it.each([
    ['a pure lib imports Nest', 'libs/dmesg/src/x.ts', "import '@nestjs/common';"],
    ['a pure lib reads files', 'libs/stats/src/x.ts', "import 'node:fs';"],
    ['a knob reads files', 'libs/noise-control/src/knobs/x.ts', "import 'node:fs';"],
    ['a pure lib touches BullMQ', 'libs/entry-sim/src/x.ts', "import 'bullmq';"],
    ['a lib imports an app', 'libs/queue/src/x.ts', "import '../../../apps/worker/src/main.js';"],
    ['contracts import another lib', 'libs/contracts/src/x.ts', "import '#stats';"],
    ['a lib reaches into another by path', 'libs/stats/src/x.ts', "import '../../dmesg/src/line.js';"],
    ['an app imports another', 'apps/cli/src/x.ts', "import '../../worker/src/main.js';"],
    ['the queue room knows Nest', 'libs/queue/src/x.ts', "import '@nestjs/common';"],
    ['the worker touches Prisma', 'apps/worker/src/x.ts', "import '@prisma/client';"],
    ['the coordinator imports Prisma itself', 'apps/coordinator/src/x.ts', "import '@prisma/client';"],
    ['the coordinator touches BullMQ', 'apps/coordinator/src/x.ts', "import '@nestjs/bullmq';"],
    ['the worker spawns outside exec', 'apps/worker/src/executors/x.ts', "import 'node:child_process';"],
    ['the command line imports the event store', 'apps/cli/src/x.ts', "import '#event-store';"],
    ['a board reads the database', 'dashboards/x.ts', "import '#event-store';"],
    ['a board reaches into a lib by path', 'dashboards/x.ts', "import '../libs/stats/src/index.js';"],
    ['a board knows an app', 'dashboards/x.ts', "import '../apps/cli/src/main.js';"],
    ['the spawning room reaches out of its room', 'apps/worker/src/exec/x.ts', "import '#postgres';"],
  ])('refuses: %s', async (_what, filePath, code) => {
    expect(await complaints(filePath, code)).toHaveLength(1);
  });

  it.each([
    ['a lib imports contracts', 'libs/dmesg/src/x.ts', "import '#contracts';"],
    ['contracts read the kernel series', 'libs/contracts/src/x.ts', "import '#kernel-series';"],
    ['the worker imports its libs', 'apps/worker/src/x.ts', "import '#dmesg'; import './config.js';"],
    ['noise control reads files', 'libs/noise-control/src/rim/x.ts', "import 'node:fs';"],
    ['exec spawns', 'apps/worker/src/exec/x.ts', "import 'execa';"],
    [
      'the coordinator uses Nest and the event store',
      'apps/coordinator/src/x.ts',
      "import '@nestjs/common'; import '#event-store';",
    ],
    ['a board imports contracts and writes files', 'dashboards/x.ts', "import '#contracts'; import 'node:fs';"],
    ['the queue room uses BullMQ', 'libs/queue/src/x.ts', "import 'bullmq'; import 'ioredis';"],
    ['the Nest side of the queue uses both', 'libs/queue-nest/src/x.ts', "import '@nestjs/bullmq'; import '#queue';"],
  ])('allows: %s', async (_what, filePath, code) => {
    expect(await complaints(filePath, code)).toEqual([]);
  });
});
