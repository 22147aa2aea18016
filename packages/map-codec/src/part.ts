/** Reads and writes one kind of value at a place that was checked to be inside the view. */
export interface Part {
  readonly size: number;
  read(view: DataView, at: number): unknown;
  write(view: DataView, at: number, value: unknown): void;
}
