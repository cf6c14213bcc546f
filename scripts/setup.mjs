// npm run setup: everything that start, tests, lint and packages need, done once.
import './setup/check-node.mjs';

void import('./setup/set-up.mjs').then(({ main, setUp }) =>
  main(async () => {
    const timings = await setUp({ extent: 'development' });
    process.stdout.write(`${JSON.stringify(timings)}\n`);
  }),
);
