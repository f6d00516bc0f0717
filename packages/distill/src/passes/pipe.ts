import type { Pass, PassContext } from './pass.js';

/** Joins passes into one; each must take the stage that the one before it gives. */
export function pipe<A, B, X extends PassContext>(a: Pass<A, B, X>): Pass<A, B, X>;
export function pipe<A, B, C, X extends PassContext>(a: Pass<A, B, X>, b: Pass<B, C, X>): Pass<A, C, X>;
export function pipe<A, B, C, D, X extends PassContext>(
  a: Pass<A, B, X>,
  b: Pass<B, C, X>,
  c: Pass<C, D, X>,
): Pass<A, D, X>;
export function pipe<A, B, C, D, E, X extends PassContext>(
  a: Pass<A, B, X>,
  b: Pass<B, C, X>,
  c: Pass<C, D, X>,
  d: Pass<D, E, X>,
): Pass<A, E, X>;
export function pipe<A, B, C, D, E, F, X extends PassContext>(
  a: Pass<A, B, X>,
  b: Pass<B, C, X>,
  c: Pass<C, D, X>,
  d: Pass<D, E, X>,
  e: Pass<E, F, X>,
): Pass<A, F, X>;
export function pipe<A, B, C, D, E, F, G, X extends PassContext>(
  a: Pass<A, B, X>,
  b: Pass<B, C, X>,
  c: Pass<C, D, X>,
  d: Pass<D, E, X>,
  e: Pass<E, F, X>,
  f: Pass<F, G, X>,
): Pass<A, G, X>;
export function pipe<A, B, C, D, E, F, G, H, X extends PassContext>(
  a: Pass<A, B, X>,
  b: Pass<B, C, X>,
  c: Pass<C, D, X>,
  d: Pass<D, E, X>,
  e: Pass<E, F, X>,
  f: Pass<F, G, X>,
  g: Pass<G, H, X>,
): Pass<A, H, X>;
export function pipe(...passes: AnyPass[]): AnyPass {
  return {
    name: passes.map(({ name }) => name).join(' > '),
    settings: passes
      .map((pass) => (pass.isPipe ? pass.settings : `${pass.name} ${pass.settings}`))
      .join(' > '),
    isPipe: true,
    async run(input, context) {
      let current = input;
      for (const pass of passes) current = await runPass(pass, current, context);
      return current;
    },
  };
}

type AnyPass = Pass<unknown, unknown, PassContext>;

/** Runs a pass between its events; the parts of a pipe within a pipe tell for themselves. */
async function runPass(pass: AnyPass, input: unknown, context: PassContext): Promise<unknown> {
  context.signal?.throwIfAborted();
  if (pass.isPipe === true) return pass.run(input, context);
  const leave = context.enter(pass.name);
  const result = await pass.run(input, context);
  leave();
  return result;
}
