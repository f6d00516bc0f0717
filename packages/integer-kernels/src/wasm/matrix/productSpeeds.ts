import type { ProductKind } from './product.js';

/** Multiply-accumulates per nanosecond of each way to multiply; the others follow from these. */
export type ProductSpeeds = Readonly<Record<Exclude<ProductKind, 'narrow' | 'paired' | 'popcount'>, number>>;

/** As measured on x64 without VNNI instructions; where an engine was not asked. */
export const typicalSpeeds: ProductSpeeds = { relaxedAdd: 44, relaxed: 57, extmul: 14, dot: 45 };
