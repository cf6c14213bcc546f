// Typed rules, and the rooms of ARCHITECTURE.md as errors: who may import whom, and who may touch what.
import tseslint from 'typescript-eslint';

/**
 * Room -> the libs it may import. Apps never import each other.
 *
 * @type {Record<string, string[]>}
 */
const rooms = {
  'libs/contracts': ['kernel-series'],
  'libs/cpu-catalog': [],
  'libs/stats': [],
  'libs/samples': ['contracts'],
  'libs/lifecycle': ['contracts'],
  'libs/dmesg': ['contracts'],
  'libs/capture': ['contracts', 'dmesg', 'lifecycle', 'samples'],
  'libs/entry-sim': ['contracts', 'cpu-catalog', 'dmesg', 'kernel-series'],
  'libs/demo-history': ['contracts', 'dmesg', 'entry-sim', 'event-store', 'lifecycle', 'samples'],
  'libs/noise-control': ['contracts'],
  'libs/noise-control/src/knobs': ['contracts'],
  'libs/logging': [],
  'libs/resting-memory': [],
  'libs/connect': [],
  'libs/gathered': [],
  'libs/tracing': [],
  'libs/postgres': ['connect', 'contracts'],
  'libs/event-store': ['connect', 'contracts', 'gathered', 'lifecycle', 'tracing'],
  'libs/queue': ['connect', 'contracts', 'gathered', 'tracing'],
  'libs/queue-nest': ['queue'],
  'libs/database-setup': ['connect', 'postgres', 'queue'],
  'libs/wording': ['contracts'],
  dashboards: ['contracts', 'cpu-catalog', 'stats'],
  'apps/coordinator': [
    'capture',
    'connect',
    'contracts',
    'cpu-catalog',
    'dmesg',
    'entry-sim',
    'event-store',
    'lifecycle',
    'logging',
    'queue',
    'queue-nest',
    'resting-memory',
    'samples',
    'stats',
    'tracing',
    'wording',
  ],
  'apps/worker': [
    'capture',
    'connect',
    'contracts',
    'cpu-catalog',
    'dmesg',
    'entry-sim',
    'event-store',
    'kernel-series',
    'lifecycle',
    'logging',
    'noise-control',
    'queue',
    'resting-memory',
    'samples',
  ],
  'apps/cli': [
    'connect',
    'contracts',
    'database-setup',
    'demo-history',
    'dmesg',
    'entry-sim',
    'kernel-series',
    'noise-control',
    'postgres',
    'samples',
    'stats',
    'wording',
  ],
};
/** Rooms that only decide: no framework, no database, no queue, no I/O of their own. */
const pureRooms = [
  'libs/contracts',
  'libs/cpu-catalog',
  'libs/stats',
  'libs/samples',
  'libs/lifecycle',
  'libs/dmesg',
  'libs/capture',
  'libs/entry-sim',
  'libs/wording',
  'libs/noise-control/src/knobs',
];
const mayTouchPrisma = ['libs/event-store'];
const mayTouchQueue = ['libs/queue', 'libs/queue-nest'];
const mayTouchNest = ['libs/queue-nest', 'apps/coordinator'];

const crossing = {
  // Every room keeps its code under src/, so a relative path with src/ in it leaves the room.
  regex: '^(\\.\\./)+([a-z-]+/)*src(/|$)|^(\\.\\./)+(apps|libs)/',
  message: 'A relative import may not leave its room; import another lib by its #name, and no app from anywhere.',
};
const spawning = {
  regex: '^(node:)?child_process$|^execa$',
  message: 'Only apps/worker/src/exec and apps/cli/src/up spawn processes.',
};
const prisma = {
  regex: '^@prisma/|/generated/prisma',
  message: 'Only libs/event-store imports Prisma; the coordinator gets a client from it.',
};
const queue = {
  regex: '^bullmq|^@nestjs/bullmq$|^ioredis$',
  message: 'Only libs/queue and libs/queue-nest touch BullMQ; only libs/queue touches Redis.',
};
const nest = { regex: '^@nestjs/', message: 'Only the coordinator and libs/queue-nest know Nest.' };
const io = {
  regex: '^(node:)?(fs|fs/promises|net|tls|http|https|http2|dgram|dns|os|worker_threads|readline)$|^pg$|^pino$',
  message: 'This room only decides; I/O lives at the rim.',
};

/** @param {string[]} libs */
function allowOnly(libs) {
  return {
    regex: libs.length === 0 ? '^#' : `^#(?!(${libs.join('|')})$)`,
    message: `Data flows contracts <- libs <- apps; this room may import: ${libs.join(', ') || 'no other lib'}.`,
  };
}

/** @typedef {import('eslint').Linter.Config} Config */

/** @type {Config[]} */
const boundaryRules = Object.entries(rooms).map(([room, libs]) => {
  const patterns = [crossing, allowOnly(libs), spawning];
  if (!mayTouchPrisma.includes(room)) patterns.push(prisma);
  if (!mayTouchQueue.includes(room)) patterns.push(queue);
  if (!mayTouchNest.includes(room)) patterns.push(nest);
  if (pureRooms.includes(room)) patterns.push(io);
  return {
    files: [`${room}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});
/**
 * The places that spawn: a run's programs, the processes of the one-machine fleet, the embedded cluster.
 *
 * @type {Config[]}
 */
const spawners = [
  { files: ['apps/worker/src/exec/**/*.ts'], room: 'apps/worker', also: [prisma, queue, nest] },
  { files: ['apps/cli/src/up/**/*.ts'], room: 'apps/cli', also: [prisma, queue, nest] },
  { files: ['libs/postgres/src/**/*.ts'], room: 'libs/postgres', also: [prisma, queue, nest] },
].map(({ files, room, also }) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [crossing, allowOnly(rooms[room] ?? []), ...also] }] },
}));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.xf/', 'libs/event-store/src/generated/', 'coverage/'] },
  {
    files: ['**/*.ts', '**/*.mjs', 'apps/coordinator/console/**/*.js'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  // JavaScript's only cast is a JSDoc comment, which this rule does not see; reads, calls, arguments and returns stay checked.
  { files: ['**/*.mjs'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  // Decorated classes without members are Nest's modules.
  { files: ['apps/coordinator/**/*.ts'], rules: { '@typescript-eslint/no-extraneous-class': 'off' } },
  { files: ['**/*.spec.ts', '**/testing/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['bench/**/*.ts'], rules: { 'no-console': 'off' } },
  ...boundaryRules,
  ...spawners,
);
