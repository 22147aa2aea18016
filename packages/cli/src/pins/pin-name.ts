/**
 * A name as a file of a BPF file system, which takes no dots: `eth0.100` is `eth0%2e100`. The name of an interface may hold
 * nearly everything.
 */
export function pinName(name: string): string {
  return name.replace(/[.%]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/** The name that {@link pinName} made a file's name of. */
export function nameOfPin(file: string): string {
  return file.replace(/%(2e|25)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The pin of a map: `.rodata` is `rodata`. */
export function mapPin(map: string): string {
  return pinName(map.replace(/^\./, ''));
}
