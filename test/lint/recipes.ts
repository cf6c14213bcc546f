import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** The recipes of ARCHITECTURE.md, `To add a …`: title to the paths that its tables and sentences name. */
export function recipesIn(text: string): Map<string, readonly string[]> {
  const section = /^## To add a …\n([\s\S]*?)^## /m.exec(text)?.[1];
  if (section === undefined) throw new Error('there is no section "To add a …" with another one after it');
  const [, ...recipes] = section.split(/^### /m);
  return new Map(
    recipes.map((recipe) => [
      recipe.slice(0, recipe.indexOf('\n')),
      [...recipe.matchAll(/`([^`\s]*\/[^`\s]*)`/g)].map(([, named]) => named ?? ''),
    ]),
  );
}

/** The names in a folder that fit one part of a path, where `<name>` stands for any. */
function fitting(folder: string, part: string): string[] {
  const pattern = new RegExp(`^${part.replaceAll('.', '\\.').replace(/<[a-z]+>/g, '.+')}$`);
  return existsSync(folder) && statSync(folder).isDirectory()
    ? readdirSync(folder).filter((name) => pattern.test(name))
    : [];
}

function exists(folder: string, [part, ...rest]: readonly string[]): boolean {
  if (part === undefined) return true;
  return fitting(folder, part).some((name) => exists(path.join(folder, name), rest));
}

/** Paths that name nothing under `root`; for a `<name>` there must be one already, as an example. */
export function unknownPaths(root: string, paths: readonly string[]): string[] {
  return paths.filter((named) => !exists(root, named.split('/')));
}
