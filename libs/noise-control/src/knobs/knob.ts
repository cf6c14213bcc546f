import type { NoiseVerdict } from '#contracts';
import type { NoiseTexts } from './noise-texts.js';

export type KnobName =
  | 'governor'
  | 'turbo'
  | 'huge-pages'
  | 'nmi-watchdog'
  | 'console-level'
  | 'irqs'
  | 'smt-sibling'
  | 'isolation'
  | 'ring-size';

/** How the text of a file is to be understood; see `canonical`. */
export type Form = 'word' | 'choice' | 'first-number' | 'cpu-list' | 'cpu-mask';

/** One file to be written, and what to write to have the old state back. Both values in canonical form. */
export interface Change {
  knob: KnobName;
  /** Below the root, without a leading slash. */
  file: string;
  form: Form;
  before: string;
  set: string;
}

export interface Judgement {
  verdict: NoiseVerdict;
  /** For a person, in detail. */
  found: string;
  /** What disturbs, in words that stay the same as long as the condition does; null unless noisy. */
  reason: string | null;
  /** What a person can do about it; null when nothing needs doing. */
  remedy: string | null;
}

/** Something on a machine that may disturb a crossing or the log it is read from. */
export interface Knob {
  name: KnobName;
  wanted: string;
  /** What suffers: every measured crossing, or only what is read from the kernel log. */
  bearsOn: 'crossings' | 'kernel-log';
  judge(texts: NoiseTexts): Judgement;
  /** What would have to be written; empty when nothing or when only a boot can change it. */
  changes(texts: NoiseTexts): Change[];
}

export interface Finding extends Judgement {
  knob: KnobName;
  wanted: string;
  bearsOn: Knob['bearsOn'];
}

export const quiet = (found: string): Judgement => ({ verdict: 'quiet', found, reason: null, remedy: null });
export const noisy = (reason: string, found: string, remedy: string): Judgement => ({
  verdict: 'noisy',
  found,
  reason,
  remedy,
});
export const unknown = (found: string, remedy: string): Judgement => ({
  verdict: 'unknown',
  found,
  reason: null,
  remedy,
});
export const apply = 'xf doctor --apply sets it';
