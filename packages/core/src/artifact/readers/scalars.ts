import { mismatch, type Reader } from './reader.js';

/** Reads a whole number within int32, or within the bounds given. */
export function integer(min = -2147483648, max = 2147483647): Reader<number> {
  return (value, path, context) =>
    typeof value === 'number' && value >= min && value <= max
      ? value
      : mismatch(context, path, value, `a whole number ${min} .. ${max}`);
}

export const text: Reader<string> = (value, path, context) =>
  typeof value === 'string' ? value : mismatch(context, path, value, 'a string');

export const truth: Reader<boolean> = (value, path, context) =>
  typeof value === 'boolean' ? value : mismatch(context, path, value, 'true or false');

/** Reads one of a few words. */
export function word<const Word extends string>(...words: readonly Word[]): Reader<Word> {
  return (value, path, context) =>
    words.find((candidate) => candidate === value) ??
    mismatch(context, path, value, `one of ${words.join(', ')}`);
}
