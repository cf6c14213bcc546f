import { InvalidArgumentError, Option } from 'commander';
import { decimal, wholeNumber } from '../arguments.js';

/** Reads a share between 0 and 1, both excluded. */
export function share(text: string): number {
  const value = decimal(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('must lie between 0 and 1: 0.01 is 1 %.');
}

/** Reads a standard deviation: a share from 0 on, below 1. */
export function spread(text: string): number {
  const value = decimal(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('must be a fraction of the level: 0.02 is 2 %.');
}

/** Reads a number that is not negative. */
export function notNegative(text: string): number {
  const value = decimal(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('must not be negative.');
}

/** Reads a whole number of a range. */
export const wholeWithin =
  (least: number, most: number) =>
  (text: string): number => {
    const value = wholeNumber(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`);
  };

export const marginOption = (): Option =>
  new Option('--margin <share>', 'differences up to this count as equal').argParser(share).default(0.01);

export const confidenceOption = (): Option =>
  new Option('--confidence <share>', 'of the interval').argParser(share).default(0.95);
