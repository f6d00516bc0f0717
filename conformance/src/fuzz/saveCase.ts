import { writeFile } from 'node:fs/promises';
import { encodeArtifact } from '@bnfree/core';
import type { GraphCase } from './graphCase.js';
import { runReference } from './runCase.js';

/** Writes a graph as an artifact whose self-test is the first image and what the reference gives for it. */
export async function saveCase(graphCase: GraphCase, file: string): Promise<void> {
  const first = graphCase.inputs.map((bytes) => bytes.slice(0, bytes.length / graphCase.images));
  const outputs = await runReference({ ...graphCase, inputs: first, images: 1 });
  await writeFile(file, encodeArtifact({ ...graphCase.graph, selfTest: { inputs: first, outputs } }));
}
