// Imported before what is large: from then on, Node keeps the compiled code of modules in the project's own folder (Node 22.8 and later).
// Not in the temporary folder, which is Node's default: whoever writes there first could have others run his code.
import module from 'node:module';
import { inRoot } from './project.mjs';

/** @type {{ enableCompileCache?: (folder: string) => unknown }} */ (module).enableCompileCache?.(
  inRoot('.xf', 'compile-cache'),
);
