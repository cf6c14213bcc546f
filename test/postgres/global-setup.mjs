// Jest loads this outside its own module system, so the TypeScript goes through our loader.
import '../typescript-loader.mjs';

export default async function setup() {
  const { startTestCluster } = await import('./cluster.ts');
  globalThis.stopTestCluster = await startTestCluster();
}
