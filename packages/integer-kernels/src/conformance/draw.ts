/**
 * `any`: numbers that make little sense together too, as often as others. `lively`: next to never, for graphs, where one layer
 * of constant outputs hides all that lies behind it.
 */
export type Taste = 'any' | 'lively';

/** Draws values one after another, so that later ones may depend on earlier ones. */
export interface Draw {
  /** A whole number of `min .. max`. */
  int(min: number, max: number): number;
  /** One of the items. */
  pick<Item>(...items: readonly Item[]): Item;
  /** True once in `oneIn` draws. */
  chance(oneIn: number): boolean;
  readonly taste: Taste;
}

/** Draws by a source of whole numbers. */
export function drawFrom(int: Draw['int'], taste: Taste = 'any'): Draw {
  return {
    taste,
    int,
    pick: (...items) => items[int(0, items.length - 1)],
    chance: (oneIn) => int(1, oneIn) === oneIn,
  };
}

/** True once in `oneIn` draws, or next to never where draws are lively. */
export function isWild(draw: Draw, oneIn: number): boolean {
  return draw.chance(draw.taste === 'any' ? oneIn : 12 * oneIn);
}
