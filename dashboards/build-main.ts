// Writes dashboards/provisioning/boards and alerting; run as `npm run dashboards:build`. With `--check` it writes nothing and fails
// when a file there is not what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { provisionedFiles } from './boards.js';
import { readQueries } from './queries.js';

// From dist/dashboards back to the sources: the queries are read, and the files written, where they are committed.
const home = new URL('../../dashboards/', import.meta.url);
const provisioning = new URL('provisioning/', home);
const onlyCheck = process.argv.includes('--check');

const files = provisionedFiles(readQueries(new URL('queries/', home)), readQueries(new URL('alerts/', home)));
for (const [name, text] of files) {
  const file = new URL(name, provisioning);
  const current = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!onlyCheck) {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, text);
  } else if (!current) process.exitCode = 1;
  const said = !onlyCheck
    ? 'written'
    : current
      ? 'is as built'
      : 'is not what the code builds; npm run dashboards:build';
  process.stdout.write(`dashboards/provisioning/${name}: ${said}\n`);
}
