import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const results = new URL('./results/', import.meta.url);

/** Prints what a bench found as JSON, and keeps it as bench/results/`name`.json. */
export async function keepReport(name: string, report: object): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await mkdir(results, { recursive: true });
  await writeFile(fileURLToPath(new URL(`${name}.json`, results)), text);
  process.stdout.write(text);
}
