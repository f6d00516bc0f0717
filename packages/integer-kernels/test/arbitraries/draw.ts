import fc from 'fast-check';

/** Draws values one after another, so that later ones may depend on earlier ones. Shrinks with fast-check. */
export interface Draw {
  /** A whole number of `min .. max`. */
  int(min: number, max: number): number;
  /** One of the items. */
  pick<Item>(...items: readonly Item[]): Item;
  /** True once in `oneIn` draws. */
  chance(oneIn: number): boolean;
}

/** An arbitrary from a function that draws what it needs. */
export function drawn<Value>(build: (draw: Draw) => Value): fc.Arbitrary<Value> {
  return fc.gen().map((g) => {
    const int = (min: number, max: number): number => g(fc.integer, { min, max });
    return build({
      int,
      pick: (...items) => items[int(0, items.length - 1)],
      chance: (oneIn) => int(1, oneIn) === oneIn,
    });
  });
}
