/** How many images a model puts into the right class. */
export interface Top1 {
  readonly correct: number;
  readonly count: number;
  /** `100 * correct / count`. */
  readonly percent: number;
  readonly durationMs: number;
  readonly imagesPerSecond: number;
}

/** What an evaluation can be told. */
export interface EvaluationOptions {
  /** Images a call; default 100. */
  readonly batchSize?: number;
  /** Called after each batch. */
  readonly onProgress?: (done: number, count: number) => void;
  /** Ends the evaluation with the signal's reason. */
  readonly signal?: AbortSignal;
}
