import { dmesgJsonForm } from './dmesg-json-form.js';
import type { Form } from './form.js';
import { journalExportForm } from './journal-export-form.js';
import { journalJsonForm } from './journal-json-form.js';
import { kmsgForm } from './kmsg-form.js';
import { serialForm, textForm } from './text-form.js';

/** Names of forms, and which reader serves them. Several names share a reader: each line tells its own head. */
export const forms = {
  kmsg: kmsgForm,
  'netconsole-extended': kmsgForm,
  dmesg: textForm,
  syslog: textForm,
  'journal-short': textForm,
  netconsole: textForm,
  pstore: textForm,
  bare: textForm,
  serial: serialForm,
  'dmesg-json': dmesgJsonForm,
  'journal-json': journalJsonForm,
  'journal-export': journalExportForm,
} as const satisfies Record<string, Form>;

export type RecordForm = keyof typeof forms;

/** From the most telling form to the least; text takes whatever no other form claims. */
const candidates = [journalJsonForm, journalExportForm, dmesgJsonForm, kmsgForm, serialForm, textForm];

/** The form that most of these lines speak for; text when none does. */
export function recogniseForm(lines: readonly string[]): Form {
  let best: Form = textForm;
  let bestVotes = 0;
  for (const form of candidates) {
    const votes = lines.filter((line) => form.recognises(line)).length * weight(form, lines.length);
    if (votes > bestVotes) {
      best = form;
      bestVotes = votes;
    }
  }
  return best;
}

/** In these forms only one line of an entry or document is telling, so one such line outweighs the rest. */
function weight(form: Form, lines: number): number {
  return form === journalExportForm || form === dmesgJsonForm ? lines + 1 : 1;
}
