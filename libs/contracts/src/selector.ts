import * as z from 'zod';
import { slug } from './labels.js';
import { limits } from './limits.js';
import { currentLabelName, renamedNotes } from './renamed-labels.js';

export type Labels = Readonly<Record<string, string>>;

type Requirement =
  { key: string; op: 'in' | 'notIn'; values: readonly string[] } | { key: string; op: 'exists' | 'absent' };

/** A parsed selector: every requirement must hold. An empty list matches every host. */
export type Selector = readonly Requirement[];

export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

const key = /^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$/;
const value = /^[a-zA-Z0-9._:+-]{1,128}$/;
/** As tables print it: `Ice Lake-SP`. */
const valueWithBlanks = /^[a-zA-Z0-9._:+-]+(?: +[a-zA-Z0-9._:+-]+)+$/;
const setForm = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/;
const equalityForm = /^([^=!\s]+)\s*(==|=|!=)\s*(\S.*)$/;

const allowed = {
  label:
    'a label has 1 to 63 letters, digits and . _ / -, a letter or digit first (in selectors: rack=r4, rack!=r4, rack in (r4,r5), rack, !rack)',
  value: 'a value has 1 to 128 letters, digits and . _ : + -; any other belongs in quotes',
} as const;

function checked(pattern: RegExp, what: keyof typeof allowed, text: string): string {
  if (pattern.test(text)) return text;
  const remedy = /\s\S+\s*=/.test(text) ? 'terms are joined by commas' : allowed[what];
  throw new SelectorError(`${what} "${text}" is not allowed here; ${remedy}`);
}

/** A value as it is, or its slug where it has blanks, so that what a table prints can be typed. */
const valueOf = (text: string): string => checked(value, 'value', valueWithBlanks.test(text) ? slug(text) : text);

/** A label of the selector under the name that it has today. */
const label = (text: string): string => currentLabelName(checked(key, 'label', text));

function requirement(term: string): Requirement {
  const set = setForm.exec(term);
  if (set) {
    const values = (set[3] ?? '').split(',').map((v) => valueOf(v.trim()));
    return { key: label(set[1] ?? ''), op: set[2] === 'in' ? 'in' : 'notIn', values };
  }
  const equality = equalityForm.exec(term);
  if (equality) {
    const values = [valueOf(equality[3] ?? '')];
    return { key: label(equality[1] ?? ''), op: equality[2] === '!=' ? 'notIn' : 'in', values };
  }
  if (term.startsWith('!')) return { key: label(term.slice(1).trim()), op: 'absent' };
  return { key: label(term), op: 'exists' };
}

/** A text in quotes stands for its slug, so that what the kernel says can be typed as it is. */
const unquoted = (text: string): string => text.replace(/"([^"]*)"/g, (_, quoted: string) => slug(quoted));

/** A selector's terms as they are written, quoted texts as their slugs. */
export const termsOf = (text: string): string[] => unquoted(text).split(/,(?![^(]*\))/);

/** What to tell whoever wrote a selector that parses: labels that have another name now. */
export function selectorNotes(text: string): string[] {
  return renamedNotes(termsOf(text).map((term) => /^\s*!?\s*([^=!\s]+)/.exec(term)?.[1] ?? ''));
}

/**
 * Parses a label expression: terms joined by commas, all of which must hold:
 * `generation=haswell-ep`, `virt!=vm`, `kernel in (6.1,6.12)`, `kernel notin (4.19)`, `kpti`, `!kpti`.
 * Blanks in a value stand for `-`, as in the label: `generation=Ice Lake-SP`. A value with other characters stands in quotes, for its
 * slug: `mitigation.mds="Vulnerable; SMT disabled"`.
 * `*` alone matches everything.
 *
 * @throws SelectorError naming the term that can't be read.
 */
export function parseSelector(text: string): Selector {
  const trimmed = text.trim();
  if (trimmed === '*') return [];
  if (trimmed === '')
    throw new SelectorError('the selector is empty; write label=value terms joined by commas, or * for everything');
  return termsOf(trimmed).map((term) => {
    if (term.trim() === '') throw new SelectorError(`empty term in "${text}"; remove the stray comma`);
    return requirement(term.trim());
  });
}

/**
 * Parses what rows are grouped by: labels and facts of the boot state, by the names that selectors have for them, joined by
 * commas: `host,microcode,mitigation.mds`. Each is given once, under today's name.
 *
 * @throws SelectorError naming the field that can't be read.
 */
export function parseFieldList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new SelectorError(`"${text}" must be names joined by commas, for example host,microcode`);
  const fields = [...new Set(names.map(label))];
  if (fields.length > limits.groupFields) throw new SelectorError(`at most ${limits.groupFields} fields at once`);
  return fields;
}

/** What to say to whoever wrote a field list that parses: labels that have another name now. */
export const fieldListNotes = (text: string): string[] => renamedNotes(text.split(',').map((name) => name.trim()));

/** Whether labels satisfy every requirement. A missing label satisfies `!=` and `notin`, as in Kubernetes. */
export function matchesSelector(selector: Selector, labels: Labels): boolean {
  return selector.every((r) => {
    // A label is what the object itself has: `constructor` is not one of every host.
    const actual = Object.hasOwn(labels, r.key) ? labels[r.key] : undefined;
    switch (r.op) {
      case 'exists':
        return actual !== undefined;
      case 'absent':
        return actual === undefined;
      case 'in':
        return actual !== undefined && r.values.includes(actual);
      case 'notIn':
        return actual === undefined || !r.values.includes(actual);
    }
  });
}

/** A text that stays one, refused with its parser's own words when it can't be read. */
const readableBy = (parse: (text: string) => unknown) =>
  z
    .string()
    .max(limits.selectorLength)
    .superRefine((text, context) => {
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof SelectorError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
      }
    });

export const selectorSchema = readableBy(parseSelector);
export const fieldListSchema = readableBy(parseFieldList);
