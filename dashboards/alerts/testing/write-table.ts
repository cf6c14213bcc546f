// npm run alerts:table
import { writeFileSync } from 'node:fs';
import { truthTable } from './cases.js';

writeFileSync(new URL('../../../docs/alert-cases.md', import.meta.url), truthTable());
