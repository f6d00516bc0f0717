import type { Op, OpName } from './ops/index.js';

/**
 * Where a tensor's values lie in an arena.
 *
 * Rank 4 `[batch, height, width, channels]`: pixels are `channelStride` elements apart; rows hold
 * `left + width + right` pixels; images hold `top + height + bottom` rows; `byteOffset` of the view is the start of the halo.
 * Any other rank: the last axis is the channels, everything before it is rows, and there is no halo.
 * What stands in channels beyond the logical ones is unspecified: kernels must not depend on it.
 */
export interface TensorLayout {
  /** Elements from one pixel to the next; at least the channel count. */
  readonly channelStride: number;
  readonly halo: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
  /** Bytes after the last value that may be read (not written), so that vector loads may overrun. */
  readonly tailBytes: number;
}

/** What a backend would like of one operand. The dense layout (no halo, channelStride = channels) is always legal. */
export interface LayoutRequest {
  /** Channels rounded up to a multiple of this; 1 is dense. */
  readonly channelMultiple: number;
  readonly halo: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
  /** What a consumer must find in the halo; null where the halo is not read. */
  readonly haloValue: number | null;
  readonly tailBytes: number;
}

/** What an op needs in memory on a backend. */
export interface OperandLayouts {
  readonly inputs: readonly LayoutRequest[];
  readonly output: LayoutRequest;
  /** Bytes of prepared constants (packed weights, bias, multipliers) that `prepare` will write. */
  readonly constantBytes: number;
  /** Bytes of scratch; overwritten by every run; may be shared by ops that do not run at the same time. */
  readonly scratchBytes: number;
}

/** One operand in an arena. Offsets are multiples of 16. */
export interface OperandView {
  readonly byteOffset: number;
  readonly layout: TensorLayout;
}

/** All memory that one prepared op works on. */
export interface OperandViews {
  readonly arena: Arena;
  readonly inputs: readonly OperandView[];
  readonly output: OperandView;
  /** Start of `constantBytes` bytes. */
  readonly constantsOffset: number;
  /** Start of `scratchBytes` bytes. */
  readonly scratchOffset: number;
}

/** An op and its memory. */
export interface PlacedOp {
  /** What messages call it. */
  readonly name?: string;
  readonly op: Op;
  readonly views: OperandViews;
}

/** A block of memory that a backend's kernels can reach. Exactly sized once: views on it stay valid. */
export interface Arena {
  readonly byteLength: number;
  /** The whole arena. */
  readonly bytes: Uint8Array;
}

/** What the engine and the machine offer a backend. */
export interface BackendCapabilities {
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  /** Threads that large ops are divided between. */
  readonly threads: number;
  /** What is not used although it was asked for or could be expected, and why; empty where all is well. */
  readonly notes: readonly string[];
  /** Multiply-accumulates per nanosecond of each way to multiply, measured once a process; kernels are chosen by them. */
  readonly probe?: Readonly<Record<string, number>>;
}

/** A prepared op. Running it allocates nothing. */
export interface KernelCall {
  /** Name of the kernel that was chosen, for `describe()`. */
  readonly kernel: string;
  run(): Promise<void>;
  /** Absent where a worker or a device stands behind the backend. */
  runSync?(): void;
}

/**
 * One way to execute integer kernels.
 * For every valid op and input, all backends produce identical logical bytes.
 */
export interface KernelBackend {
  readonly name: string;
  readonly capabilities: BackendCapabilities;
  /** Ops that this backend executes. */
  readonly ops: ReadonlySet<OpName>;
  /**
   * True where memory is short: a model should let go of its ops' constants once they are prepared, because calls read nothing but
   * the arena. Absent: false.
   */
  readonly releasesConstants?: boolean;
  /** Memory that the op wants. `check` must have found no issue. */
  layout(op: Op): OperandLayouts;
  allocate(byteLength: number): Promise<Arena>;
  /** Everything slow: pack, emit, compile, choose, warm up. */
  prepare(op: Op, views: OperandViews): Promise<KernelCall>;
  /**
   * `prepare` for all ops of a model at once, so that they can share what they have in common; calls in the order of the ops.
   * Absent where nothing would be shared.
   */
  prepareAll?(ops: readonly PlacedOp[]): Promise<KernelCall[]>;
  /**
   * One call that runs calls of this backend in order. Absent where it would be no faster than to run them one by one.
   * Nothing but the backend may touch the arena until it has ended.
   */
  sequence?(calls: readonly KernelCall[]): KernelCall;
  /**
   * Lets go of an arena and of what was prepared in it, which must not be used any more; no run may be under way.
   * Absent where nothing but the caller holds them. `dispose` releases all.
   */
  release?(arena: Arena): Promise<void>;
  /** Bytes of every WebAssembly module that the backend can emit for the op; empty where it emits none. */
  modules(op: Op): Uint8Array[];
  /** Ends what runs beside the caller's thread. Calls must not be used any more. */
  dispose(): Promise<void>;
}
