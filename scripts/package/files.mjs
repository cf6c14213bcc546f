// What all packages are made of: files, folders, archives.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** @typedef {{ name: string, version: string, license?: string, description?: string }} Manifest */

/** @param {string} file */
export function manifest(file) {
  /** @type {unknown} */
  const read = JSON.parse(fs.readFileSync(file, 'utf8'));
  return /** @type {Manifest} */ (read);
}

/**
 * @param {string} file
 * @param {string | Uint8Array} content
 * @param {number} [mode]
 */
export function write(file, content, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
  fs.chmodSync(file, mode);
}

/** @param {string} folder */
export function bytesOf(folder) {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.reduce((sum, file) => sum + fs.statSync(path.join(file.parentPath, file.name)).size, 0);
}

export const hasDpkg = () => fs.existsSync('/usr/bin/dpkg-deb');

/**
 * A Debian package of a folder that holds its files as they are installed.
 *
 * @param {string} folder
 * @param {string} out
 * @param {{ name: string, version: string, architecture: string, fields: Record<string, string>, scripts?: Record<string, string>, compression?: readonly string[] }} about
 *   `fields`: what else its control file says; `scripts`: the maintainer's, by name
 */
export function debianPackage(folder, out, { name, version, architecture, fields, scripts = {}, compression = [] }) {
  const control = {
    ...{ Package: name, Version: version, Architecture: architecture, Maintainer: 'xperf-fleet <root@localhost>' },
    ...{ 'Installed-Size': String(Math.ceil(bytesOf(folder) / 1024)), Section: 'utils', Priority: 'optional' },
    ...fields,
  };
  const lines = Object.entries(control).map(([field, value]) => `${field}: ${value}\n`);
  write(path.join(folder, 'DEBIAN', 'control'), lines.join(''));
  for (const [script, text] of Object.entries(scripts)) write(path.join(folder, 'DEBIAN', script), text, 0o755);
  const file = path.join(out, `${name}_${version}_${architecture}.deb`);
  const options = ['--root-owner-group', ...compression, '--build', folder, file];
  execFileSync('dpkg-deb', options, { stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}
