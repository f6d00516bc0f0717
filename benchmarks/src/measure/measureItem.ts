import { definitionOf, type TensorValues } from '@bnfree/integer-kernels';
import type { Contender } from '../contenders/contender.js';
import { engineRoof } from '../contenders/engineRoof.js';
import { ours, type OurContender } from '../contenders/ours.js';
import { batchedOp } from '../contenders/preparedOp.js';
import { randomActivations } from '../networks/randomActivations.js';
import { outputSpec, type PreparedWork } from '../peers/peer.js';
import type { BenchmarkRow, PeerEquality } from '../report/row.js';
import type { WorkItem } from '../work/workItem.js';
import { comparePeer } from './comparePeer.js';
import type { Environment } from './environment.js';
import { outputSha256, referenceSha256 } from './referenceSha256.js';
import { sampleInterleaved, type SamplingBudget } from './sampleInterleaved.js';
import { round, summarize } from './summarize.js';

/**
 * Checks a work item, then times ours and every peer on it.
 *
 * Undefined where ours cannot run here. Throws where our bytes differ from those of the reference.
 */
export async function measureItem(
  item: WorkItem,
  environment: Environment,
  budget: SamplingBudget,
): Promise<BenchmarkRow | undefined> {
  const backend = environment.openBackend(item, environment.threads);
  if (backend === undefined) return undefined;
  const work = prepareWork(item);
  const our = await ours(
    'ours',
    { ...item, graph: () => work.graph },
    backend,
    work.inputs,
    environment.clock,
  );
  const rivals: Contender[] = [];
  try {
    const sha256 = await checkAgainstReference(item, work, our, environment);
    rivals.push(...(await openRivals(item, work, environment)));
    const peers: Record<string, PeerEquality> = {};
    for (const rival of rivals.filter(({ isComparable }) => isComparable)) {
      await rival.run();
      peers[rival.name] = comparePeer(await our.read(), await rival.read(), logitCount(item, work));
    }
    const [ourSamples, ...samples] = await sampleInterleaved(
      [our, ...rivals],
      environment.threads > 1 ? { ...budget, pauseMs: 5, wakeMs: 20 } : budget,
      environment.clock,
    );
    const summary = summarize(ourSamples);
    const summaries = samples.map(summarize);
    const table = (value: (index: number) => number): Record<string, number> =>
      Object.fromEntries(rivals.map(({ name }, index) => [name, value(index)]));
    const { node, browser, threads } = environment;
    return {
      id: item.id,
      node,
      browser,
      simd: backend.capabilities.relaxedSimd ? 'relaxed' : 'base',
      threads,
      clock: environment.clockName,
      batch: item.batch,
      macs: countMacs(work),
      ours: { ...summary, kernel: our.kernel, bytes: our.bytes, prepareMs: round(our.prepareMs) },
      peers: table((index) => summaries[index].ms),
      peerSpreads: table((index) => summaries[index].spread),
      peerBests: table((index) => summaries[index].best),
      ratios: table((index) => round(summaries[index].ms / summary.ms)),
      equality: { outputSha256: sha256, peers },
    };
  } finally {
    for (const contender of [our, ...rivals]) await contender.dispose();
    await backend.dispose();
  }
}

/** Makes the graph and random operands of a work item. */
export function prepareWork({ graph: makeGraph, batch, scope }: WorkItem): PreparedWork {
  const graph = makeGraph();
  const inputs = graph.inputs.map(({ tensor }, index) => randomActivations(tensor, batch, 100 + index));
  return { graph, batch, scope, inputs };
}

async function checkAgainstReference(
  item: WorkItem,
  work: PreparedWork,
  our: OurContender,
  environment: Environment,
): Promise<string> {
  await our.run();
  const sha256 = outputSha256((await our.read()) as TensorValues);
  const expected = await environment.referenceSha256(item.id, () => referenceSha256(work));
  if (sha256 !== expected) throw new Error(`${item.id}: our bytes differ from those of the reference`);
  return sha256;
}

/** Peers, and our other ways of the same work. */
async function openRivals(
  item: WorkItem,
  work: PreparedWork,
  environment: Environment,
): Promise<Contender[]> {
  const rivals: Contender[] = [];
  for (const name of item.peers) {
    const peer = await environment.loadPeer(name);
    if (peer === undefined) continue;
    try {
      rivals.push(await peer.prepare(work));
    } catch (error) {
      environment.note(`${item.id}: ${name} cannot run it: ${String(error)}`);
    }
  }
  for (const path of item.hasRoof === true && environment.threads === 1
    ? (['base', 'relaxed'] as const)
    : []) {
    const roof = await engineRoof(path, countMacs(work));
    if (roof !== undefined) rivals.push(roof);
  }
  for (const [name, graph] of Object.entries(item.own ?? {})) {
    rivals.push(await openOwn(name, { ...item, graph }, environment, environment.threads));
  }
  if (environment.threads > 1) rivals.push(await openOwn('own 1 thread', item, environment, 1));
  return rivals;
}

async function openOwn(
  name: string,
  item: WorkItem,
  environment: Environment,
  threads: number,
): Promise<Contender> {
  const backend = environment.openBackend(item, threads);
  if (backend === undefined) throw new Error(`${name} has no backend`);
  const contender = await ours(name, item, backend, prepareWork(item).inputs, environment.clock);
  return {
    ...contender,
    async dispose() {
      await contender.dispose();
      await backend.dispose();
    },
  };
}

function logitCount({ scope }: WorkItem, work: PreparedWork): number | null {
  const { shape } = outputSpec(work);
  return scope === 'model' ? shape[shape.length - 1] : null;
}

function countMacs({ graph, batch }: PreparedWork): number {
  return graph.nodes.reduce((sum, { op }) => {
    const batched = batchedOp(op, batch);
    return sum + definitionOf(batched).macs(batched);
  }, 0);
}
