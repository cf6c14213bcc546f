import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** A file, relative to the root, to the files that it imports when it runs: type-only imports are left out. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const source = /(?<!\.d)\.(ts|mjs|js)$/;
const leftOut = new Set(['node_modules', 'dist', 'generated', '.git', '.xf']);

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return leftOut.has(entry.name) ? [] : filesBelow(root, name);
    return source.test(name) ? [name] : [];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    const named = exportClause !== undefined && ts.isNamedExports(exportClause) ? exportClause.elements : [];
    return statement.isTypeOnly || (named.length > 0 && named.every((one) => one.isTypeOnly));
  }
  const { importClause } = statement;
  if (importClause === undefined) return false; // for its effects
  if (importClause.isTypeOnly) return true;
  const { name, namedBindings } = importClause;
  const named = namedBindings !== undefined && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return name === undefined && named.length > 0 && named.every((one) => one.isTypeOnly);
}

/** What a text imports or exports on, as written there. */
export function specifiersOf(text: string, file: string): string[] {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  return parsed.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier) || isTypeOnly(statement)) return [];
    return [moduleSpecifier.text];
  });
}

/** Names such as `#contracts` to their sources, from package.json, which gives the built files. */
function libraries(root: string): ReadonlyMap<string, string> {
  const { imports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, string>;
  };
  return new Map(
    Object.entries(imports).map(([name, built]) => [
      name,
      path.normalize(built.startsWith('./dist/') ? built.replace('./dist/', '').replace(/\.js$/, '.ts') : built),
    ]),
  );
}

/** The file behind a specifier; undefined for packages and Node's own modules. */
function resolved(root: string, from: string, specifier: string, named: ReadonlyMap<string, string>) {
  if (specifier.startsWith('#')) return named.get(specifier);
  if (!specifier.startsWith('.')) return undefined;
  const target = path.join(path.dirname(from), specifier);
  return [target, target.replace(/\.js$/, '.ts')].find((file) => existsSync(path.join(root, file)));
}

/** Imports among the files of these folders. */
export function importGraph(root: string, folders: readonly string[]): ImportGraph {
  const files = folders.flatMap((folder) => filesBelow(root, folder));
  const named = libraries(root);
  return new Map(
    files.map((file) => {
      const specifiers = specifiersOf(readFileSync(path.join(root, file), 'utf8'), file);
      return [file, specifiers.flatMap((specifier) => resolved(root, file, specifier, named) ?? [])];
    }),
  );
}

/** The same between folders: who imports from where, a folder's imports of its own left out. */
export function folderGraph(graph: ImportGraph): ImportGraph {
  const folders = new Map<string, Set<string>>();
  for (const [file, imports] of graph) {
    const from = path.dirname(file);
    const into = folders.get(from) ?? new Set<string>();
    folders.set(from, into);
    for (const target of imports) if (path.dirname(target) !== from) into.add(path.dirname(target));
  }
  return new Map([...folders].map(([from, into]) => [from, [...into]]));
}

/** Groups that can each reach one another (strongly connected, Tarjan 1972); empty when there is no cycle. */
export function cyclesIn(graph: ImportGraph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const at = index.size;
    index.set(node, at);
    low.set(node, at);
    stack.push(node);
    const targets = graph.get(node) ?? [];
    for (const target of targets) {
      if (!graph.has(target)) continue;
      const seen = index.get(target);
      const reached = seen === undefined ? visit(target) : stack.includes(target) ? seen : at;
      low.set(node, Math.min(low.get(node) ?? at, reached));
    }
    const lowest = low.get(node) ?? at;
    if (lowest === at) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1 || targets.includes(node)) found.push(group.sort());
    }
    return lowest;
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}
