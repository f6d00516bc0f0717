/** A phase that threads share, or a piece of one, in a form that can be sent to a worker. */
export interface CrewPhase {
  readonly id: number;
  /** Name of the exported function. */
  readonly exportName: string;
  /** What is passed to it for the part of each thread, the leader's first. Threads that have nothing to do are missing. */
  readonly parameters: readonly (readonly number[])[];
}

/** One thread's side of the crew. */
export interface CrewMember {
  /** Loaded phases: what does the part of each thread, the leader's first. */
  readonly work: Map<number, readonly (() => void)[]>;
  /** The shared phase that this member has seen last, counted from 1. */
  seen: number;
  /** One word, which changes with every part that is done. */
  readonly arrived: Int32Array;
  add(exports: WebAssembly.Exports, phases: readonly CrewPhase[]): void;
  /** Does this member's part of the phase seen last, then those that nobody has begun; whether the leader's was among them. */
  doParts(): boolean;
  /** A follower takes part in what the leader announces, until there are more messages than it has handled. */
  follow(handledMessages: number): void;
  /** The leader announces a shared phase, and does its part of it. */
  lead(id: number): void;
  /** Whether all parts of the phase are done; gives them a tenth of a millisecond. Throws where one of them threw. */
  isOver(): boolean;
  /** Calls followers to the messages that were posted to them. */
  callToMessages(): void;
}

/**
 * Makes the thread at a position of a crew; position 0 leads.
 *
 * A part of a phase belongs to a thread, but where `takesOver` is true whoever is done does those that have not been begun: threads
 * that sleep, or that other programs keep from their core, hold nobody up.
 *
 * The text of this function is the source of the workers: it must not use anything from outside of it, and it names no inner
 * function, because some compilers wrap those in calls of a function of their own.
 *
 * All threads share a block of 32-bit words, of which those that change together stand in one cache line: `SIGNAL` changes
 * whenever there is something to look at, and is what followers sleep on; `ANNOUNCED` counts shared phases, of which `PHASE` is
 * the last; `MESSAGES` counts what was posted to followers; `SLEEPERS` are followers to be woken. `ARRIVED` counts parts that
 * are done; `FAILED` is 1 more than the position of a thread that threw, or 0. From `BEGUN` on stands, for each thread's parts,
 * the phase in which one was begun last: whoever counts it up does the part.
 */
export function crewMember(
  words: Int32Array,
  position: number,
  threads: number,
  takesOver: boolean,
): CrewMember {
  const SIGNAL = 0;
  const ANNOUNCED = 1;
  const PHASE = 2;
  const MESSAGES = 3;
  const SLEEPERS = 4;
  const ARRIVED = 16;
  const FAILED = 32;
  const BEGUN = 48;
  // Parts of a phase take about as long as one another: who waits longer waits for a thread that has no core.
  const joinMs = 0.1;
  // A sleeper takes 20 to 50 microseconds to wake up, and some systems wake it on the core of its waker: between two calls there may be
  // time to copy the input of the next. Longer waits leave the core to others.
  const spinMs = 1;
  const member: CrewMember = {
    work: new Map(),
    seen: 0,
    arrived: words.subarray(ARRIVED, ARRIVED + 1),

    add(exports, phases) {
      for (const { id, exportName, parameters } of phases) {
        const phase = exports[exportName] as (...values: readonly number[]) => void;
        // Bound functions call without allocating an array of parameters.
        const runs = parameters.map((values) => phase.bind(undefined, ...values));
        while (runs.length < threads) runs.push(() => undefined);
        member.work.set(id, runs);
      }
    },

    doParts() {
      const before = (member.seen - 1) | 0;
      let hasLed = false;
      for (let turn = 0; turn < (takesOver ? threads : 1); turn += 1) {
        const owner = (position + turn) % threads;
        if (Atomics.compareExchange(words, BEGUN + owner, before, member.seen) !== before) continue;
        try {
          // Stays the phase that was seen until this part is done.
          (member.work.get(Atomics.load(words, PHASE)) as (() => void)[])[owner]();
        } catch {
          Atomics.store(words, FAILED, position + 1);
        }
        Atomics.add(words, ARRIVED, 1);
        hasLed ||= owner === 0;
      }
      return hasLed;
    },

    follow(handledMessages) {
      let hasLed = false;
      while (position > 0) {
        const signal = Atomics.load(words, SIGNAL);
        if (Atomics.load(words, MESSAGES) !== handledMessages) return;
        const announced = Atomics.load(words, ANNOUNCED);
        if (announced !== member.seen) {
          member.seen = announced;
          hasLed = member.doParts();
          Atomics.notify(words, ARRIVED);
          continue;
        }
        // A leader that has not begun may wait for this very core.
        let end = performance.now() + (hasLed ? 0 : joinMs);
        let mayStay = !hasLed;
        let turns = 0;
        while (Atomics.load(words, SIGNAL) === signal) {
          turns += 1;
          if ((turns & 63) !== 0 || performance.now() < end) continue;
          if (mayStay && Atomics.load(words, ARRIVED) === Math.imul(announced, threads)) {
            mayStay = false;
            end += spinMs;
            continue;
          }
          Atomics.add(words, SLEEPERS, 1);
          Atomics.wait(words, SIGNAL, signal);
          Atomics.sub(words, SLEEPERS, 1);
        }
      }
    },

    lead(id) {
      member.seen = (member.seen + 1) | 0;
      Atomics.store(words, PHASE, id);
      Atomics.store(words, ANNOUNCED, member.seen);
      Atomics.add(words, SIGNAL, 1);
      if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, SIGNAL);
      member.doParts();
    },

    isOver() {
      const target = Math.imul(member.seen, threads);
      let end = 0;
      for (let turns = 1; Atomics.load(words, ARRIVED) !== target; turns += 1) {
        if ((turns & 63) !== 0) continue;
        const now = performance.now();
        if (end === 0) end = now + joinMs;
        if (now > end) return false;
      }
      if (Atomics.load(words, FAILED) === 0) return true;
      throw new Error(`thread ${Atomics.load(words, FAILED) - 1} threw`);
    },

    callToMessages() {
      Atomics.add(words, MESSAGES, 1);
      Atomics.add(words, SIGNAL, 1);
      Atomics.notify(words, SIGNAL);
    },
  };
  return member;
}
