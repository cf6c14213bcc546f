// The page that draws boards, bundled: scene.jsx with the packages that `npm run boards:install` put into the cache. Five seconds.
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'xperf-fleet/grafana');

/**
 * @typedef {{ path: string, importer: string, kind: string, pluginData: unknown }} Resolving
 * @typedef {{ onResolve(at: { filter: RegExp }, how: (asked: Resolving) => Promise<unknown>): void, resolve(path: string, options: object): Promise<unknown> }} Build
 * @typedef {{ build(options: object): Promise<{ outputFiles: { path: string, text: string }[] }> }} Esbuild
 */

/** A package is looked for where the packages are, not beside scene.jsx: this project has a React of its own. */
const fromCache = {
  name: 'packages from the cache',
  setup(/** @type {Build} */ build) {
    // As importers are named, also where the home folder is a symbolic link.
    const packages = realpathSync(folder);
    build.onResolve({ filter: /^@grafana\/plugin-compat/ }, () =>
      Promise.resolve({ path: fileURLToPath(new URL('plugin-compat.mjs', import.meta.url)) }),
    );
    // Scenes want version 6 of the router and the others version 5; the bridge between them, which Grafana uses too, has both.
    build.onResolve({ filter: /^react-router-dom$/ }, async ({ importer, kind }) =>
      /@grafana\/scenes|scene\.jsx$/.test(importer)
        ? build.resolve('react-router-dom-v5-compat', { resolveDir: folder, kind, pluginData: fromCache })
        : undefined,
    );
    build.onResolve({ filter: /^[^./]/ }, async ({ path: name, importer, kind, pluginData }) =>
      pluginData === fromCache || importer.startsWith(packages) || kind === 'entry-point'
        ? undefined
        : build.resolve(name, { resolveDir: folder, kind, pluginData: fromCache }),
    );
  },
};

/** @returns {Promise<{ script: string, style: string }>} */
export async function bundlePage() {
  const esbuild = /** @type {Esbuild} */ (createRequire(path.join(folder, 'package.json'))('esbuild'));
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('scene.jsx', import.meta.url))],
    outdir: 'page',
    plugins: [fromCache],
    ...{ bundle: true, write: false, format: 'iife', jsx: 'automatic', logLevel: 'error' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    // Fonts of an editor that no board has.
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'empty', '.ttf': 'empty' },
  });
  const textOf = (/** @type {string} */ end) => outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
}
