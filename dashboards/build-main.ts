// Writes dashboards/provisioning/boards; run as `npm run dashboards:build`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { boardFiles } from './boards.js';
import { readQueries } from './queries.js';

// From dist/dashboards back to the sources: the queries are read, and the boards written, where they are committed.
const home = new URL('../../dashboards/', import.meta.url);
const boards = new URL('provisioning/boards/', home);

mkdirSync(boards, { recursive: true });
for (const [name, text] of boardFiles(readQueries(new URL('queries/', home)))) {
  writeFileSync(new URL(name, boards), text);
  process.stdout.write(`dashboards/provisioning/boards/${name}\n`);
}
