import { formatCpuList, formatCpuMask, parseCpuList, parseCpuMask } from './cpu-list.js';
import type { Form } from './knob.js';

/**
 * A file's text as the one spelling of its value, so that what was written can be compared with what is read back:
 * `word` as it stands, `choice` the one in brackets (`always [madvise] never`), `first-number` of several, CPU lists and
 * masks without regard to padding. Null when the text is nothing of the kind.
 */
export function canonical(form: Form, text: string): string | null {
  const trimmed = text.trim();
  switch (form) {
    case 'word':
      return /^[\w-]{1,40}$/.test(trimmed) ? trimmed : null;
    case 'choice':
      return /\[([\w-]{1,40})\]/.exec(trimmed)?.[1] ?? canonical('word', trimmed);
    case 'first-number':
      return /^\d{1,9}(?=\s|$)/.exec(trimmed)?.[0] ?? null;
    case 'cpu-list': {
      const cpus = parseCpuList(trimmed);
      return cpus.length === 0 ? null : formatCpuList(cpus);
    }
    case 'cpu-mask': {
      const cpus = parseCpuMask(trimmed);
      return cpus === null ? null : formatCpuMask(cpus);
    }
  }
}
