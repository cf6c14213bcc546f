// npm test: sets up, then Jest's projects that need no browser and no guest. Further arguments go to Jest: npm test -- libs/stats
import './setup/check-node.mjs';

void Promise.all([import('./setup/run-jest.mjs'), import('./setup/set-up.mjs'), import('./setup/test-needs.mjs')]).then(
  ([{ runJest }, { main, setUp }, { guestsLeftOut, leftOut, leftOutText }]) =>
    main(async () => {
      await setUp();
      const notes = [...leftOut(), ...guestsLeftOut()].map(leftOutText);
      if (!process.env.QUEUE_URL?.startsWith('redis')) {
        notes.push('left out for want of Redis: the second queue backend → QUEUE_URL=redis://127.0.0.1:6379 npm test');
      }
      notes.push('not part of npm test: npm run test:browser (Chromium), npm run test:guest (QEMU and a built kernel)');
      await runJest(['--ignoreProjects=browser', '--ignoreProjects=guest', '--maxWorkers=2', ...process.argv.slice(2)]);
      for (const note of notes) process.stderr.write(`${note}\n`);
    }),
);
