// npm run setup: everything that start, test and xf need, done once.
import './setup/check-node.mjs';

void import('./setup/set-up.mjs').then(({ main, setUp }) =>
  main(async () => {
    const timings = await setUp();
    process.stdout.write(`${JSON.stringify(timings)}\n`);
  }),
);
