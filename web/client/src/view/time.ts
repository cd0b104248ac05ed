/* Times as people read them, always Shanghai's, whatever the computer is set to. */

const CLOCK = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

const PARTS = new Intl.DateTimeFormat("en-US", {
  timeZone: "Asia/Shanghai",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  weekday: "short",
});

/** 14:28 */
export function clock(at: number | string): string {
  return clockSeconds(at).slice(0, 5);
}

/** 14:28:06 */
export function clockSeconds(at: number | string): string {
  return CLOCK.format(typeof at === "string" ? Date.parse(at) : at);
}

/** 02:41, or 1:02:41 from one hour on. Never negative. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** Month, day and weekday (0 = Sunday) in Shanghai. */
export function day(at: number | string): { year: number; month: number; day: number; weekday: number } {
  const parts = Object.fromEntries(
    PARTS.formatToParts(typeof at === "string" ? Date.parse(at) : at).map((p) => [p.type, p.value]),
  );
  return {
    year: Number(parts.year),
    month: Number(parts.month),
    day: Number(parts.day),
    weekday: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].indexOf(parts.weekday ?? ""),
  };
}
