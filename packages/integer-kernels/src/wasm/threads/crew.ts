import { BnfreeError } from '../../errors.js';
import { backendDisposed } from './backendDisposed.js';
import { crewMember, type CrewMember, type CrewPhase } from './crewMember.js';
import type { CrewRequest } from './crewWorker.js';
import type { ThreadCosts } from './threadCosts.js';
import { startThreadLink, type ThreadLink } from './threadLink.js';
import type { ThreadPlatform } from './threadPlatform.js';
import { changeOf, nextTurn } from './waitWithoutBlocking.js';
import { workerSource } from './workerSource.js';

/** How threads are started. */
export interface CrewOptions {
  /** At least 2. */
  readonly threads: number;
  readonly platform: ThreadPlatform;
  /** Where the program of the workers is served, for pages whose policy forbids `blob:` URLs. */
  readonly workerUrl?: string | URL | undefined;
}

/** Ends the threads of crews that nobody can reach any more. */
const abandoned = new FinalizationRegistry<readonly ThreadLink[]>((links) => {
  for (const link of links) void link.end('nobody needs it');
});

/** A phase of a call: the number of one that the crew has loaded, or what the caller does alone. */
export type CrewStep = number | (() => void);

/** The caller's thread gives way to its events after so many milliseconds of work: half of a frame at 60 a second. */
const TURN_MS = 8;
/** How long a wait for others lasts before the caller looks whether they are alive. */
const SLICE_MS = 5;

/**
 * Threads that run kernels together. Call dispose() when they are no longer needed.
 *
 * The caller's thread leads, and does its part of the work. Where it may not block it gives way to its events instead of waiting.
 */
export class Crew {
  /** Whether calls may wait on the caller's thread. */
  readonly mayBlock: boolean;
  readonly costs: ThreadCosts;
  readonly #patienceMs: number;
  readonly #member: CrewMember;
  readonly #links: readonly ThreadLink[];
  /** The run under way that gives way to events; never rejects. */
  #running: Promise<void> | undefined;
  /** Work since events had their last turn, over all runs: those that follow one another leave the events none. */
  #turnMs = 0;
  #isDisposed = false;

  private constructor(
    { mayBlock, costs, patienceMs }: ThreadPlatform,
    member: CrewMember,
    links: readonly ThreadLink[],
  ) {
    this.mayBlock = mayBlock;
    this.costs = costs;
    this.#patienceMs = patienceMs;
    this.#member = member;
    this.#links = links;
    abandoned.register(this, links, this);
  }

  /** Starts the threads and waits until all of them are there. Rejects with WORKER_UNAVAILABLE. */
  static async start({ threads, platform, workerUrl }: CrewOptions): Promise<Crew> {
    const words = new Int32Array(new SharedArrayBuffer(512));
    const { takesOver } = platform;
    const links: ThreadLink[] = [];
    try {
      const source = workerSource();
      while (links.length < threads - 1) links.push(startThreadLink(platform, source, workerUrl));
      await Promise.all(
        links.map((link, index) =>
          link.request({ kind: 'start', words, position: index + 1, threads, takesOver }),
        ),
      );
    } catch (error) {
      await Promise.all(links.map((link) => link.end('another thread did not start')));
      throw unavailable(reasonOf(error));
    }
    return new Crew(platform, crewMember(words, 0, threads, takesOver), links);
  }

  /** Gives every thread the phases of a module; `exports` is the caller's own instance. */
  async load(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    exports: WebAssembly.Exports,
    phases: readonly CrewPhase[],
  ): Promise<void> {
    await this.#requestAll({ kind: 'load', module, memory, phases });
    this.#member.add(exports, phases);
  }

  /** Forgets phases, and the memory that they work on. Where the threads have ended there is nothing to forget. */
  async drop(ids: readonly number[]): Promise<void> {
    if (this.#failure() !== undefined) return;
    for (const id of ids) this.#member.work.delete(id);
    await this.#requestAll({ kind: 'drop', ids });
  }

  /** Runs steps in order, the shared ones on all threads. Only where the caller's thread may block. */
  runSync(steps: readonly CrewStep[]): void {
    for (const arrived of this.#lead(steps)) {
      if (arrived !== undefined) Atomics.wait(this.#member.arrived, 0, arrived, SLICE_MS);
    }
  }

  /** The same without blocking. Runs that are asked for together follow one another. */
  async run(steps: readonly CrewStep[]): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    const run = this.#runInTurns(steps);
    this.#running = run.catch(() => undefined);
    try {
      await run;
    } finally {
      this.#running = undefined;
    }
  }

  async #runInTurns(steps: readonly CrewStep[]): Promise<void> {
    for (const arrived of this.#lead(steps)) {
      await (arrived === undefined ? nextTurn() : changeOf(this.#member.arrived, arrived, SLICE_MS));
    }
  }

  /** Runs steps; yields what `arrived` is where it has to wait for others, and undefined where it should give way. */
  *#lead(steps: readonly CrewStep[]): Generator<number | undefined, void> {
    let turnStart = performance.now() - this.#turnMs;
    try {
      this.#throwIfBroken();
      for (const step of steps) {
        if (typeof step === 'number') yield* this.#leadPhase(step);
        else step();
        this.#turnMs = performance.now() - turnStart;
        if (this.#turnMs < TURN_MS) continue;
        yield undefined;
        this.#throwIfBroken();
        this.#turnMs = 0;
        turnStart = performance.now();
      }
    } catch (error) {
      throw this.#end(reasonOf(error));
    }
  }

  *#leadPhase(id: number): Generator<number, void> {
    const member = this.#member;
    const start = performance.now();
    member.lead(id);
    // Parts take about as long as one another: what takes much longer than the leader's has stopped.
    const durationMs = performance.now() - start;
    const patienceMs = this.#patienceMs + 20 * durationMs;
    for (let waitedMs = 0; waitedMs < patienceMs;) {
      const arrived = Atomics.load(member.arrived, 0);
      if (member.isOver()) return;
      this.#throwIfBroken();
      const before = performance.now();
      yield arrived;
      // The machine itself may have slept.
      waitedMs += Math.min(performance.now() - before, 2 * SLICE_MS);
    }
    throw new Error(`it does not answer for ${Math.round(patienceMs)} ms`);
  }

  /** Ends all threads, whatever they are doing; runs under way are rejected with BACKEND_DISPOSED. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    abandoned.unregister(this);
    await Promise.all(this.#links.map((link) => link.end('dispose() was called')));
  }

  async #requestAll(what: CrewRequest): Promise<void> {
    try {
      this.#throwIfBroken();
      const answers = this.#links.map((link) => link.request(what));
      this.#member.callToMessages();
      await Promise.all(answers);
    } catch (error) {
      throw this.#end(reasonOf(error));
    }
  }

  #failure(): string | undefined {
    return this.#links.map((link) => link.failure()).find((failure) => failure !== undefined);
  }

  #throwIfBroken(): void {
    const failure = this.#failure();
    if (failure !== undefined) throw new Error(failure);
  }

  /** After a failure no thread is of use: the memory may hold anything. */
  #end(reason: string): BnfreeError {
    for (const link of this.#links) void link.end(reason);
    return this.#isDisposed ? backendDisposed() : crashed(reason);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unavailable(reason: string): BnfreeError {
  return new BnfreeError([
    {
      code: 'WORKER_UNAVAILABLE',
      path: 'wasmBackend()',
      message: `got "${reason}", expected a worker to start`,
      fix: "allow it (worker-src blob: in the page's Content-Security-Policy), give workerUrl, or write threads: 1",
    },
  ]);
}

function crashed(reason: string): BnfreeError {
  return new BnfreeError([
    {
      code: 'WORKER_CRASHED',
      path: 'wasmBackend()',
      message: `got "${reason}" of a thread, expected it to do its part`,
      fix: 'dispose of the backend and make another one; wasmBackend({ threads: 1 }) needs no worker',
    },
  ]);
}
