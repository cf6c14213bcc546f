// Five projects: unit (no I/O), integration (real PostgreSQL, and Redis when QUEUE_URL names one), e2e (whole fleet),
// guest (patched kernels under QEMU; npm run test:guest), browser (the console in Chromium; npm run test:browser).
import { guestsLeftOut, leftOut } from './scripts/setup/test-needs.mjs';
import { swcOptions } from './test/swc-options.mjs';

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', swcOptions],
  },
  moduleNameMapper: {
    '^#kernel-series$': '<rootDir>/kernel/series/kernel-series.mjs',
    '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.xf/'],
};

export default {
  // For what hangs; speed is measured in bench/. Jest's own 5 s were too short on a busy machine for a test that takes 1.4 s.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,dashboards,kernel,scripts,test}/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.(int|e2e|browser|guest)\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/{apps,libs,dashboards,test}/**/*.int.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...leftOut().map(({ specs }) => specs)],
      globalSetup: '<rootDir>/test/postgres/global-setup.mjs',
      globalTeardown: '<rootDir>/test/postgres/global-teardown.mjs',
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{apps,kernel,test}/**/*.e2e.spec.ts'],
      // npm test names these and what to install
      testPathIgnorePatterns: ['/node_modules/', ...leftOut().map(({ specs }) => specs)],
    },
    {
      // Boots patched kernels under QEMU: minutes, and images that `npm run kernel:build` made (npm run test:guest).
      ...shared,
      displayName: 'guest',
      testMatch: ['<rootDir>/{apps,test}/**/*.guest.spec.ts'],
      // npm run test:guest names these and what to build
      testPathIgnorePatterns: ['/node_modules/', ...guestsLeftOut().map(({ specs }) => specs)],
      globalSetup: '<rootDir>/test/postgres/global-setup.mjs',
      globalTeardown: '<rootDir>/test/postgres/global-teardown.mjs',
    },
    {
      ...shared,
      displayName: 'browser',
      testMatch: ['<rootDir>/test/browser/**/*.browser.spec.ts'],
    },
  ],
};
