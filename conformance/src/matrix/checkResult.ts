/** One check on one engine. */
export interface CheckResult {
  readonly label: string;
  /** Absent where it passed. */
  readonly failure?: string;
}
