// npm run boards:export [-- FOLDER]: every board as Grafana's import page and grafana.com take it, where the data source is asked for.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exportedFiles } from './exported.js';
import { readQueries } from './queries.js';

const folder = path.resolve(process.argv[2] ?? '.xf/boards');
mkdirSync(folder, { recursive: true });
for (const [name, text] of exportedFiles(readQueries(new URL('../../dashboards/queries/', import.meta.url)))) {
  writeFileSync(path.join(folder, name), text);
  process.stdout.write(`${path.join(folder, name)}\n`);
}
