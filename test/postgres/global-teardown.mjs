/** @typedef {import('./global-setup.mjs').Shared} Shared */

export default async function teardown() {
  await /** @type {Shared} */ (globalThis).stopTestCluster?.();
}
