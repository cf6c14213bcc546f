// ./xf <command>, or npm run --silent xf -- <command>
import './setup/check-node.mjs';
import './setup/compile-cache.mjs';

void Promise.all([import('./setup/set-up.mjs'), import('./setup/run-cli.mjs')]).then(([{ main }, { runCli }]) =>
  main(() => runCli(process.argv.slice(2), { install: false })),
);
