/** What is shown to who asks. */
export interface Page {
  readonly contentType: string;
  /** As it is now. Rejects with what reading the figures throws. */
  text(): Promise<string>;
}
