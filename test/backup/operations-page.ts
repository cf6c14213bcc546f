import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** The commands, or statements, under a heading of docs/operations.md. */
export function under(heading: string, language = 'sh'): string {
  const section = page.slice(page.indexOf(`### ${heading}\n`)).split(/\n##+ /)[0] ?? '';
  const [, text] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(section) ?? [];
  if (text === undefined) throw new Error(`there is nothing in ${language} under ${heading}`);
  return text;
}
