import { fileURLToPath } from 'node:url';

/** The committed description of the schema that the migrations make. */
export const schemaFile = fileURLToPath(new URL('../../prisma/schema.sql', import.meta.url));

export const schemaHeading = `-- What prisma/migrations make, as PostgreSQL words it. Written by \`npm run schema:dump\`; a test compares it.\n\n`;
