// npm run generate: the Prisma client, whether or not it is up to date.
import './setup/check-node.mjs';

void Promise.all([import('./setup/set-up.mjs'), import('./setup/generate-client.mjs')]).then(
  ([{ main }, { generateStep }]) => main(() => generateStep('development').run()),
);
