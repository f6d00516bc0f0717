/** How many images of a class, and of all, came first or among the first five. */
export interface Hits {
  readonly count: number;
  readonly top1: number;
  readonly top5: number;
}

/** Counts hits of one net. */
export interface ClassScores {
  /** Takes the scores of a batch, `[count, classes]`; the class of each image that came first is returned. */
  add(scores: ArrayLike<number>, labels: ArrayLike<number>): Int32Array;
  /** Of each class. */
  readonly classes: readonly Hits[];
  readonly all: Hits;
}

/** Starts to count; only the order of scores matters, equal ones go to the lower class. */
export function classScores(classes: number): ClassScores {
  const hits = Array.from({ length: classes }, () => ({ count: 0, top1: 0, top5: 0 }));
  return {
    add(scores, labels) {
      return Int32Array.from({ length: labels.length }, (_, image) => {
        const label = labels[image];
        const rank = rankOf(scores, image * classes, classes, label);
        hits[label].count += 1;
        if (rank < 1) hits[label].top1 += 1;
        if (rank < 5) hits[label].top5 += 1;
        return firstOf(scores, image * classes, classes);
      });
    },
    classes: hits,
    get all() {
      const sum = (key: keyof Hits): number => hits.reduce((total, own) => total + own[key], 0);
      return { count: sum('count'), top1: sum('top1'), top5: sum('top5') };
    },
  };
}

/** Number of classes that come before `label`. */
function rankOf(scores: ArrayLike<number>, start: number, classes: number, label: number): number {
  const own = scores[start + label];
  let rank = 0;
  for (let other = 0; other < classes; other += 1) {
    const score = scores[start + other];
    if (score > own || (score === own && other < label)) rank += 1;
  }
  return rank;
}

function firstOf(scores: ArrayLike<number>, start: number, classes: number): number {
  let best = 0;
  for (let other = 1; other < classes; other += 1) {
    if (scores[start + other] > scores[start + best]) best = other;
  }
  return best;
}
