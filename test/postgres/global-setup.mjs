// Jest loads this outside its own module system, so the TypeScript goes through our loader.
import '../typescript-loader.mjs';

/** @typedef {{ stopTestCluster?: () => Promise<void> }} Shared what is handed to global-teardown.mjs */

export default async function setup() {
  const { startTestCluster } = await import('./cluster.ts');
  /** @type {Shared} */ (globalThis).stopTestCluster = await startTestCluster();
}
