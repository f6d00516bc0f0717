/** What a command found: data for programs, text for people, and whether all is well. */
export interface CommandResult {
  readonly data: unknown;
  readonly text: string;
  readonly isOk: boolean;
}

/** A command: reads a file, says what it found. */
export type FileCommand = (file: string) => Promise<CommandResult>;
