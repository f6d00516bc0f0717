import { BnfreeError, type KernelBackend } from '@bnfree/integer-kernels';
import { decodeArtifact } from '../artifact/decodeArtifact.js';
import { assertGraph } from '../graph/checkGraph.js';
import type { IntegerGraph } from '../graph/integerGraph.js';
import type { MemoryPlan } from '../memory/planMemory.js';
import { compareSelfTest, type SelfTestReport } from './compareSelfTest.js';
import { defaultBackend } from './defaultBackend.js';
import {
  describeLayers,
  describeModel,
  tensorBytes,
  type LayerDescription,
  type ModelDescription,
} from './describeModel.js';
import { prepareExecution, type Execution } from './execution.js';
import { readInput, type ImageBatch, type ModelInput } from './modelInput.js';
import { assertModelOptions, backendOptions, type ModelOptions } from './modelOptions.js';
import { modelResult, type ModelResult } from './modelResult.js';
import { profileExecution, type ModelProfile } from './profileExecution.js';
import { readSource, type ModelSource } from './readSource.js';
import { releaseConstants } from './releaseConstants.js';
import { canRunSync, runChunks, runChunksSync } from './runChunks.js';

/** What loading took beside the arena. */
interface LoadedBytes {
  /** All of the graph. */
  readonly tensors: number;
  /** 0 where there was no file. */
  readonly artifact: number;
}

/** A graph that is loaded and can be run. Call dispose() when it is no longer needed. */
export class IntegerModel {
  /** Its `nodes` cannot be read where `memory: 'small'` let go of them: CONSTANTS_RELEASED. */
  readonly graph: IntegerGraph;
  readonly backend: KernelBackend;
  readonly #ownsBackend: boolean;
  readonly #loadedBytes: LoadedBytes;
  /** Described while the weights were there. */
  #layers: readonly LayerDescription[] | undefined;
  /** Settles when every run that was asked for is done. */
  #queue: Promise<unknown> = Promise.resolve();
  #running = 0;
  /** Absent after dispose(). */
  #execution: Execution | undefined;

  private constructor(
    graph: IntegerGraph,
    backend: KernelBackend,
    execution: Execution,
    facts: { readonly ownsBackend: boolean; readonly artifactBytes: number },
  ) {
    this.backend = backend;
    this.#ownsBackend = facts.ownsBackend;
    this.#loadedBytes = { tensors: tensorBytes(graph), artifact: facts.artifactBytes };
    if (backend.releasesConstants === true) this.#layers = describeLayers(execution);
    const kept = this.#layers === undefined ? { graph, execution } : releaseConstants(graph, execution);
    this.graph = kept.graph;
    this.#execution = kept.execution;
  }

  /**
   * Loads an artifact from a path, a URL, bytes or a Blob.
   * @throws BnfreeError SOURCE_*, ARTIFACT_*, GRAPH_*, BACKEND_OP_MISSING, MEMORY_LIMIT
   */
  static async load(source: ModelSource, options: ModelOptions = {}): Promise<IntegerModel> {
    assertModelOptions(options);
    const bytes = await readSource(source);
    return IntegerModel.#prepare(decodeArtifact(bytes), options, bytes.length);
  }

  /**
   * Prepares a graph that is in memory already. A prefix of a network is a graph whose outputs name an inner node.
   * @throws BnfreeError GRAPH_*, BACKEND_OP_MISSING, MEMORY_LIMIT
   */
  static async fromGraph(graph: IntegerGraph, options: ModelOptions = {}): Promise<IntegerModel> {
    assertModelOptions(options);
    assertGraph(graph);
    return IntegerModel.#prepare(graph, options, 0);
  }

  static async #prepare(
    graph: IntegerGraph,
    options: ModelOptions,
    artifactBytes: number,
  ): Promise<IntegerModel> {
    const { backend = defaultBackend(backendOptions(options)) } = options;
    const ownsBackend = options.backend === undefined;
    const execution = await prepareExecution(graph, backend, options.batchSize ?? 1).catch(
      async (error: unknown) => {
        if (ownsBackend) await backend.dispose();
        throw error;
      },
    );
    return new IntegerModel(graph, backend, execution, { ownsBackend, artifactBytes });
  }

  /** Images that go through the layers together. */
  get batchSize(): number {
    return this.plan.batchSize;
  }

  /** Where everything lies in memory. */
  get plan(): MemoryPlan {
    return this.#alive().plan;
  }

  /**
   * Runs any number of images. The input is copied at the call; overlapping calls wait for one another.
   * @throws BnfreeError INPUT_*, MODEL_DISPOSED
   */
  async run(input: ModelInput): Promise<ModelResult> {
    const execution = this.#alive();
    const batch = this.#copyInput(input);
    const results = await this.#enqueue(() => runChunks(execution, batch));
    return this.#result(execution, batch.count, results);
  }

  /**
   * The same as run(), without waiting.
   * @throws BnfreeError INPUT_*, MODEL_BUSY while a run() is under way, SYNC_UNAVAILABLE, MODEL_DISPOSED
   */
  runSync(input: ModelInput): ModelResult {
    const execution = this.#alive();
    this.#assertSync(execution);
    const batch = readInput(this.graph.inputs, input);
    return this.#result(execution, batch.count, runChunksSync(execution, batch));
  }

  /** What the model is: layers, bounds, kernels, bytes. */
  describe(): ModelDescription {
    const execution = this.#alive();
    const { tensors, artifact } = this.#loadedBytes;
    const kept = this.#layers === undefined ? tensors : tensorBytes(this.graph.selfTest);
    return describeModel(this.graph, this.backend, execution, {
      layers: this.#layers ?? describeLayers(execution),
      tensorBytes: { loaded: tensors, kept },
      artifactBytes: artifact,
    });
  }

  /**
   * Times every layer on an input, over all its images.
   * @throws BnfreeError INPUT_*, MODEL_DISPOSED
   */
  async profile(input: ModelInput): Promise<ModelProfile> {
    const execution = this.#alive();
    const batch = this.#copyInput(input);
    return this.#enqueue(() => profileExecution(execution, batch));
  }

  /**
   * Runs the vector that travels with the model: does this engine compute the same bits?
   * @throws BnfreeError SELF_TEST_MISSING, MODEL_DISPOSED
   */
  async selfTest(): Promise<SelfTestReport> {
    const execution = this.#alive();
    const vector = this.graph.selfTest;
    if (vector === undefined) {
      const message = 'the model carries no self-test vector';
      const fix = 'add one before writing the file: withSelfTest(graph)';
      throw new BnfreeError([{ code: 'SELF_TEST_MISSING', path: 'graph.selfTest', message, fix }]);
    }
    const batch = { count: 1, tensors: vector.inputs };
    const results = await this.#enqueue(() => runChunks(execution, batch));
    return compareSelfTest(this.graph, vector, results);
  }

  /** Waits for runs under way, then frees everything. A backend that was given stays the caller's. */
  async dispose(): Promise<void> {
    if (this.#execution === undefined) return;
    const { arena } = this.#execution;
    this.#execution = undefined;
    await this.#queue;
    if (this.#ownsBackend) await this.backend.dispose();
    else await this.backend.release?.(arena);
  }

  #copyInput(input: ModelInput): ImageBatch {
    const { count, tensors } = readInput(this.graph.inputs, input);
    return { count, tensors: tensors.map((tensor) => tensor.slice()) };
  }

  #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running += 1;
    const result = this.#queue.then(work).finally(() => {
      this.#running -= 1;
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #result(execution: Execution, count: number, results: readonly Uint8Array[]): ModelResult {
    const outputs = this.graph.outputs.map((output, index) => ({
      output,
      type: execution.outputs[index].tensor.type,
      bytes: results[index],
    }));
    return modelResult(count, outputs, this.graph.classes);
  }

  #alive(): Execution {
    if (this.#execution !== undefined) return this.#execution;
    const message = 'dispose() was called on this model';
    const fix = 'load the model again: await IntegerModel.load(source)';
    throw new BnfreeError([{ code: 'MODEL_DISPOSED', path: 'model', message, fix }]);
  }

  #assertSync(execution: Execution): void {
    if (this.#running > 0) {
      const message = 'a run() of this model is under way';
      const fix = 'await it first, or use run(), which waits';
      throw new BnfreeError([{ code: 'MODEL_BUSY', path: 'model.runSync', message, fix }]);
    }
    if (canRunSync(execution)) return;
    const message = `the backend ${this.backend.name} cannot run without waiting`;
    const fix = 'use await model.run(input)';
    throw new BnfreeError([{ code: 'SYNC_UNAVAILABLE', path: 'model.runSync', message, fix }]);
  }
}
