/** How two classifiers compare on the same images. */
export interface PairedComparison {
  /** Images that only the first, only the second puts into their class. */
  readonly better: number;
  readonly worse: number;
  /** Two-sided p-value. */
  readonly p: number;
}

/**
 * McNemar's exact test: whether two classifiers differ beyond chance on the same images (McNemar 1947).
 *
 * Images on which both are right or both are wrong say nothing; of the others each is as likely to favour either one if
 * there is no difference, so that their number is binomial with one half.
 */
export function pairedTest(first: Uint8Array, second: Uint8Array): PairedComparison {
  let [better, worse] = [0, 0];
  first.forEach((right, index) => {
    if (right > second[index]) better += 1;
    else if (right < second[index]) worse += 1;
  });
  return { better, worse, p: Math.min(1, 2 * lowerTail(Math.min(better, worse), better + worse)) };
}

/** Chance of at most `most` heads in `throws` throws of a coin. */
function lowerTail(most: number, throws: number): number {
  let [sum, logTerm] = [0, -throws * Math.LN2];
  for (let heads = 0; heads <= most; heads += 1) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((throws - heads) / (heads + 1));
  }
  return sum;
}
