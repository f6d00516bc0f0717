/** Where a command reports to, and what stops it. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly progress: { write(text: string): unknown };
}
