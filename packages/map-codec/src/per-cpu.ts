import { CodecError, within } from './codec-error.ts';
import { camel, layoutOf } from './layout.ts';
import type { StructName } from './layout.ts';
import { checkZero } from './padding.ts';
import { viewOf } from './struct-codec.ts';
import type { StructCodec } from './struct-codec.ts';
import { structPart } from './struct-part.ts';

/** The values of all possible CPUs, as per-CPU maps give and take them. */
export interface PerCpuCodec<T> {
  readonly cpus: number;
  /** Bytes from one CPU's value to the next: the kernel rounds up to 8. */
  readonly stride: number;
  /** stride × cpus. */
  readonly size: number;
  /** One value a CPU, by CPU number. Throws CodecError as StructCodec.decode does. */
  decode(bytes: Uint8Array): T[];
  /** The bytes of one value a CPU. Throws CodecError as StructCodec.encode does, COUNT for another number of values. */
  encode(values: readonly T[]): Uint8Array;
}

/**
 * `cpus`: the number of *possible* CPUs (/sys/devices/system/cpu/possible), not of those online. Throws
 * CodecError RANGE if it is no positive integer.
 */
export function perCpu<T, S extends StructName>(codec: StructCodec<T, S>, cpus: number): PerCpuCodec<T> {
  if (!Number.isInteger(cpus) || cpus < 1) throw new CodecError('RANGE', 'cpus', `${cpus} is no number of CPUs`);
  const part = structPart(layoutOf(codec.name), codec.endian);
  const stride = Math.ceil(codec.size / 8) * 8;
  const size = stride * cpus;
  const path = camel(codec.name);
  return {
    cpus,
    stride,
    size,
    decode(bytes) {
      const view = viewOf(path, size, bytes, undefined);
      return Array.from({ length: cpus }, (_, cpu) =>
        atCpu(path, cpu, () => {
          checkZero(view, cpu * stride + codec.size, stride - codec.size);
          return part.read(view, cpu * stride) as T;
        }),
      );
    },
    encode(values) {
      if (values.length !== cpus) throw new CodecError('COUNT', path, `${values.length} values for ${cpus} CPUs`);
      const bytes = new Uint8Array(size);
      const view = viewOf(path, size, bytes, undefined);
      for (const [cpu, value] of values.entries()) atCpu(path, cpu, () => part.write(view, cpu * stride, value));
      return bytes;
    },
  };
}

/** Errors name the CPU. */
function atCpu<R>(path: string, cpu: number, action: () => R): R {
  try {
    return action();
  } catch (error) {
    throw within(`${path}[${cpu}]`, error);
  }
}
