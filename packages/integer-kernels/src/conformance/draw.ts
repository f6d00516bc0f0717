/** Draws values one after another, so that later ones may depend on earlier ones. */
export interface Draw {
  /** A whole number of `min .. max`. */
  int(min: number, max: number): number;
  /** One of the items. */
  pick<Item>(...items: readonly Item[]): Item;
  /** True once in `oneIn` draws. */
  chance(oneIn: number): boolean;
}

/** Draws by a source of whole numbers. */
export function drawFrom(int: Draw['int']): Draw {
  return {
    int,
    pick: (...items) => items[int(0, items.length - 1)],
    chance: (oneIn) => int(1, oneIn) === oneIn,
  };
}
