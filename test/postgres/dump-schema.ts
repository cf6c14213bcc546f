// `npm run schema:dump`: writes prisma/schema.sql, which schema.int.spec.ts compares with what the migrations make.
import { writeFile } from 'node:fs/promises';
import { describeSchema } from '../../libs/postgres/src/describe-schema.js';
import { startTestCluster } from './cluster.js';
import { freshDatabase } from './fresh-database.js';
import { schemaFile, schemaHeading } from './schema-file.js';

const stop = await startTestCluster();
try {
  const database = await freshDatabase();
  await writeFile(schemaFile, schemaHeading + (await describeSchema(database.adminUrl)));
} finally {
  await stop();
}
