// Writes dashboards/provisioning/boards; run as `npm run dashboards:build`. With `--check` it writes nothing and fails
// when a file there is not what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { boardFiles } from './boards.js';
import { readQueries } from './queries.js';

// From dist/dashboards back to the sources: the queries are read, and the boards written, where they are committed.
const home = new URL('../../dashboards/', import.meta.url);
const boards = new URL('provisioning/boards/', home);
const onlyCheck = process.argv.includes('--check');

mkdirSync(boards, { recursive: true });
for (const [name, text] of boardFiles(readQueries(new URL('queries/', home)))) {
  const file = new URL(name, boards);
  const current = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!onlyCheck) writeFileSync(file, text);
  else if (!current) process.exitCode = 1;
  const said = !onlyCheck
    ? 'written'
    : current
      ? 'is as built'
      : 'is not what the code builds; npm run dashboards:build';
  process.stdout.write(`dashboards/provisioning/boards/${name}: ${said}\n`);
}
