import { lineStartText } from './contract-line.js';
import { fnv1aOfAscii } from './fnv1a.js';

/**
 * A line of contract v1 with its checksum: `fields` is what stands behind `run=<nonce> `, for example
 * `end faults=10 samples=10 rejected=0`. For writers of test logs and simulated ones.
 */
export function formatContractLine(nonce: string, fields: string): string {
  const line = `${lineStartText} v=1 run=${nonce} ${fields}`;
  return `${line} ck=${fnv1aOfAscii(line).toString(16).padStart(8, '0')}`;
}
