import express, { type RequestHandler } from 'express';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project-root.js';

interface Mount {
  path: string;
  handler: RequestHandler;
}

/** The folder of an installed package; hoisting may have put it above the project's own node_modules. */
function packageFolder(name: string, from = projectRoot()): string {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return folder;
  const parent = join(from, '..');
  if (parent === from) throw new Error(`${name} is not installed; run npm ci`);
  return packageFolder(name, parent);
}

const consoleFolder = (): string => join(projectRoot(), 'apps/coordinator/console');

/** What the policy of scripts must name: the import map that stands in the console's page, by its hash. */
export function inlineScripts(): string[] {
  const page = readFileSync(join(consoleFolder(), 'index.html'), 'utf8');
  return [...page.matchAll(/<script type="importmap">(?<map>[^<]*)<\/script>/g)].map(
    ({ groups }) =>
      `'sha256-${createHash('sha256')
        .update(groups?.map ?? '')
        .digest('base64')}'`,
  );
}

/**
 * The console at `/`, the libraries it draws with under `/vendor`, straight from their packages, and as built the catalogue of
 * probes and metrics and, under `/wording`, the libs/wording that it shares with the command line.
 */
export function staticFiles(): Mount[] {
  const catalogue = join(projectRoot(), 'dist/libs/contracts/src/catalogue.js');
  const vendor = { maxAge: '1h', index: false, redirect: false } as const;
  return [
    { path: '/vendor/plot', handler: express.static(join(packageFolder('@observablehq/plot'), 'dist'), vendor) },
    { path: '/vendor/d3', handler: express.static(join(packageFolder('d3'), 'dist'), vendor) },
    // Of this release, so it is asked for again: a page would do without a new probe for an hour.
    { path: '/catalogue.js', handler: express.static(catalogue, { index: false, redirect: false }) },
    {
      path: '/wording',
      handler: express.static(join(projectRoot(), 'dist/libs/wording'), { index: false, redirect: false }),
    },
    { path: '/', handler: express.static(consoleFolder(), { redirect: false }) },
  ];
}
