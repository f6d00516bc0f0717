import fc from 'fast-check';
import { type Draw, drawFrom } from '../../src/conformance/draw.js';

/** An arbitrary from a function that draws what it needs. Shrinks with fast-check. */
export function drawn<Value>(build: (draw: Draw) => Value): fc.Arbitrary<Value> {
  return fc.gen().map((g) => build(drawFrom((min, max) => g(fc.integer, { min, max }))));
}
