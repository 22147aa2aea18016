/** A value of a family; `suffix` is what a histogram adds to the name. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** A metric with all its samples, as plain values. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

type Value = number | bigint;

/** A label's values, each with its sample's. */
type Labelled = readonly (readonly [labels: Readonly<Record<string, string>>, value: Value])[];

const samplesOf = (values: Value | Labelled): Sample[] => {
  const labelled: Labelled = typeof values === 'object' ? values : [[{}, values]];
  return labelled.map(([labels, value]) => ({ labels, value: Number(value) }));
};

/** `scanward_<name>_total`. */
export function counter(name: string, help: string, values: Value | Labelled): Family {
  return { name: `scanward_${name}_total`, type: 'counter', help, samples: samplesOf(values) };
}

/** `scanward_<name>`. */
export function gauge(name: string, help: string, values: Value | Labelled): Family {
  return { name: `scanward_${name}`, type: 'gauge', help, samples: samplesOf(values) };
}

/** A record's keys as values of one label. */
export function by(label: string, values: Readonly<Record<string, Value | undefined>>): Labelled {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[{ [label]: key }, value]]));
}
