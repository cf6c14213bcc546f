// Lets plain Node load the project's TypeScript, for what runs outside Jest's own modules (global set-up).
// Mirrors what jest.config.mjs says: `#lib` names a library's source, `./x.js` means `./x.ts`. (`#kernel-series` is
// JavaScript as it stands, which Node finds by package.json.)
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';
import { swcOptions } from './swc-options.mjs';

const root = new URL('..', import.meta.url).href;
/** @param {string | undefined} url */
const isOurs = (url) => url !== undefined && url.startsWith(root) && url.endsWith('.ts');

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  if (isOurs(context.parentURL)) {
    if (specifier.startsWith('#') && specifier !== '#kernel-series')
      return next(`${root}libs/${specifier.slice(1)}/src/index.ts`, context);
    if (/^\.\.?\/.*\.js$/.test(specifier)) return next(specifier.replace(/\.js$/, '.ts'), context);
  }
  return next(specifier, context);
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!isOurs(url)) return next(url, context);
  const { code } = await transform(await readFile(new URL(url), 'utf8'), { ...swcOptions, filename: url });
  return { format: 'module', source: code, shortCircuit: true };
}

if (isMainThread) register(import.meta.url);
