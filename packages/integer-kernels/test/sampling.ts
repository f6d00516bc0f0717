/**
 * How much the random suites try, and from which seed: the same everywhere unless the environment says otherwise.
 *
 * CONFORMANCE_SCALE multiplies the number of cases; CONFORMANCE_SEED draws others.
 */
export const sampling = {
  seed: numberFrom('CONFORMANCE_SEED', 1),
  scale: numberFrom('CONFORMANCE_SCALE', 1),
};

function numberFrom(name: string, otherwise: number): number {
  const text = process.env[name] ?? '';
  if (text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`${name}: got ${text}, expected a whole number of 1 or more; write ${name}=${otherwise}`);
  }
  return value;
}
