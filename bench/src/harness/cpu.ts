/** Milliseconds that this process has used of any processor: what others on the machine do counts only by its caches. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
