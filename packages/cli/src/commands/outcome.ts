/** What a command has done. */
export interface Outcome {
  /** For stdout: a sentence each, or a JSON object each. */
  readonly lines: readonly string[];
  /** For stderr: what else there is to know. */
  readonly warnings: readonly string[];
}
