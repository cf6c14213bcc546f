// npm run test:chaos: sets up, then a fleet under faults (test/chaos). Arguments: npm run test:chaos -- --help
import './setup/check-node.mjs';

void Promise.all([import('node:module'), import('./setup/set-up.mjs'), import('./setup/project.mjs')]).then(
  ([{ register }, { main, setUp }, { inRoot }]) =>
    main(async () => {
      await setUp();
      register('./test/typescript-loader.mjs', new URL('../', import.meta.url));
      await import(inRoot('test', 'chaos', 'main.ts'));
    }),
);
