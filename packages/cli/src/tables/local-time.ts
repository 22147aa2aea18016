const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-23 01:35` in the local time zone. */
export function localMinute(timeMs: number): string {
  const time = new Date(timeMs);
  const day = `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** `2026-11-23 01:35:07` in the local time zone. */
export function localSecond(timeMs: number): string {
  return `${localMinute(timeMs)}:${two(new Date(timeMs).getSeconds())}`;
}
