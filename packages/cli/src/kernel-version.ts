/** Whether a release (`uname -r`) is older than the kernel that has something (`5.11`). */
export function isBefore(release: string, since: string): boolean {
  const [major, minor] = numbers(release);
  const [sinceMajor, sinceMinor] = numbers(since);
  return major < sinceMajor || (major === sinceMajor && minor < sinceMinor);
}

function numbers(version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor];
}
