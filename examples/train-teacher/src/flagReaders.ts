import { InvalidArgumentError } from 'commander';

/** Reads a whole number of a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number of ${min} .. ${max}`);
  };
}

/** Reads a number above 0. */
export function positive(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (value > 0 && value <= max) return value;
    throw new InvalidArgumentError(`expected a number above 0, at most ${max}`);
  };
}
