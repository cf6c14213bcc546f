// Programs as bundles for Node 20, with the licences of what is in them.
import fs from 'node:fs';
import path from 'node:path';
import { inRoot, root } from '../setup/project.mjs';
import { manifest } from './files.mjs';

/** Zod's messages in fifty languages, half of the program: they stay out as long as it is imported as a namespace. */
const languages = /node_modules\/zod\/v4\/locales\/(?!en\.js$)/;

/**
 * What a library's module does when it is loaded is only to define things (`sideEffects` in package.json), so that those of which nothing is
 * used stay out: of the contracts most.
 *
 * @param {string} folder
 * @param {{ name: string, entry: string, splitting?: boolean, external?: string[], plugins?: import('esbuild').Plugin[], never?: RegExp }} program
 *   `entry`: its first module's text; `never`: files that must not get in
 * @returns {Promise<string[]>} the files that went into it
 */
export async function bundle(folder, { name, entry, splitting = false, external = [], plugins = [], never }) {
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    stdin: { contents: entry, resolveDir: root, sourcefile: `${name}.js` },
    outdir: folder,
    entryNames: name,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    metafile: true,
    logLevel: 'error',
    external,
    // Packages of the older kind ask for Node's own modules by require.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = [...new Set(inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])))];
  const wrong = used.filter((file) => never?.test(file) === true || languages.test(file));
  if (wrong.length > 0) throw new Error(`${name}.js has what it must not have: ${wrong.slice(0, 5).join(', ')}`);
  return used;
}

/**
 * The packages in a bundle with their licences, which go with it.
 *
 * @param {string} program
 * @param {string[]} files
 */
export function notice(program, files) {
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const parts = [...folders].sort().map((folder) => {
    const of = manifest(inRoot(folder, 'package.json'));
    const text = fs.readdirSync(inRoot(folder)).find((file) => /^licen[cs]e/i.test(file));
    const words = text === undefined ? '' : `\n${fs.readFileSync(path.join(inRoot(folder), text), 'utf8').trim()}\n`;
    return `${of.name} ${of.version}: ${of.license ?? 'see its package'}\n${words}`;
  });
  return `${program} contains these packages.\n\n${parts.join('\n---\n\n')}`;
}
