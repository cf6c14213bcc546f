// npm run build: TypeScript to JavaScript in dist/, whether or not it is up to date.
import './setup/check-node.mjs';

void Promise.all([import('./setup/set-up.mjs'), import('./setup/build.mjs')]).then(([{ main }, { buildStep }]) =>
  main(() => buildStep.run()),
);
