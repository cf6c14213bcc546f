import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { projectRoot } from './project-root.js';

/** This release's version, from package.json. */
export const release = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8'))).version;
