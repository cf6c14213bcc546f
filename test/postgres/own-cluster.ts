// Run as a process of its own by embedded.int.spec.ts, which kills it: node --import … own-cluster.ts <folder>
import { startEmbeddedPostgres } from '#postgres';

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('name the data folder as the first argument');
const cluster = await startEmbeddedPostgres({ dataDir, log: () => undefined });
process.stdout.write(`${JSON.stringify({ pid: cluster.pid, adminUrl: cluster.adminUrl })}\n`);
setInterval(() => undefined, 60_000);
