import { drawGraphCase, type GraphCase } from './graphCase.js';
import { describeGraphCase } from './describeGraphCase.js';
import { reduceCase } from './reduceCase.js';
import { findDifference, runReference, type Way } from './runCase.js';

/** What to try. */
export interface FuzzOrder {
  /** Of the first graph; each next one has the next seed. */
  readonly seed: number;
  /** Graphs at most. */
  readonly runs: number;
  /** Time after which no new graph is begun. */
  readonly seconds: number;
  /** Nodes of a graph at most; default by its seed. */
  readonly nodes: number | undefined;
}

/** A graph on which ways to run it gave other bytes. */
export interface FuzzFailure {
  readonly seed: number;
  /** All of them; what follows is about the first. */
  readonly ways: readonly string[];
  readonly difference: string;
  /** The smallest case found that fails as well. */
  readonly reduced: { readonly difference: string; readonly nodes: number; readonly description: string };
  /** What to type to see it again. */
  readonly command: string;
  readonly smallest: GraphCase;
}

/** What was tried, and what failed. */
export interface FuzzReport {
  readonly firstSeed: number;
  readonly graphs: number;
  readonly nodes: number;
  readonly comparisons: number;
  readonly failures: readonly FuzzFailure[];
}

/** Failures after which it is enough. */
const MAX_FAILURES = 5;
/** Graphs after which backends are opened anew: they keep every module that they compiled. */
const GRAPHS_PER_BACKEND = 50;

/** Runs random graphs in every way and compares with the reference. */
export async function fuzzGraphs(
  order: FuzzOrder,
  openWays: () => readonly Way[],
  note: (text: string) => void,
): Promise<FuzzReport> {
  const endMs = performance.now() + order.seconds * 1000;
  const failures: FuzzFailure[] = [];
  const counts = { graphs: 0, nodes: 0, comparisons: 0 };
  let ways: readonly Way[] = [];
  for (let run = 0; run < order.runs && performance.now() < endMs; run += 1) {
    if (run % GRAPHS_PER_BACKEND === 0) {
      await disposeAll(ways);
      ways = openWays();
      note(`seed ${order.seed + run}: ${counts.comparisons} comparisons, ${failures.length} failures`);
    }
    const graphCase = drawGraphCase(order.seed + run, order.nodes);
    const expected = await runReference(graphCase);
    counts.graphs += 1;
    counts.nodes += graphCase.graph.nodes.length;
    const wrong: { readonly way: Way; readonly difference: string }[] = [];
    for (const way of ways) {
      counts.comparisons += 1;
      const difference = await findDifference(graphCase, way, expected);
      if (difference !== undefined) wrong.push({ way, difference });
    }
    const first = wrong.at(0);
    if (first !== undefined) {
      const labels = wrong.map(({ way }) => way.label);
      note(
        `seed ${order.seed + run}, ${labels.join('; ')}: ${first.difference}; looking for a smaller graph`,
      );
      const failure = await describeFailure(order, order.seed + run, graphCase, first.way, first.difference);
      failures.push({ ...failure, ways: labels });
    }
    if (failures.length >= MAX_FAILURES) break;
  }
  await disposeAll(ways);
  return { firstSeed: order.seed, ...counts, failures };
}

async function describeFailure(
  { nodes }: FuzzOrder,
  seed: number,
  graphCase: GraphCase,
  way: Way,
  difference: string,
): Promise<Omit<FuzzFailure, 'ways'>> {
  const differenceOf = async (other: GraphCase) => findDifference(other, way, await runReference(other));
  const smallest = await reduceCase(graphCase, async (other) => (await differenceOf(other)) !== undefined);
  return {
    seed,
    difference,
    reduced: {
      difference: (await differenceOf(smallest)) ?? difference,
      nodes: smallest.graph.nodes.length,
      description: describeGraphCase(smallest),
    },
    command: `pnpm -s fuzz --seed ${seed} --runs 1${nodes === undefined ? '' : ` --nodes ${nodes}`}`,
    smallest,
  };
}

async function disposeAll(ways: readonly Way[]): Promise<void> {
  for (const { backend } of ways) await backend.dispose();
}
