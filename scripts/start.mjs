// npm start: the whole fleet on this machine. The same as `xf up`.
import './setup/check-node.mjs';

void Promise.all([import('./setup/set-up.mjs'), import('./setup/run-cli.mjs')]).then(([{ main }, { runCli }]) =>
  main(() => runCli(['up', ...process.argv.slice(2)])),
);
