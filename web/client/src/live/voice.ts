/* Whether a site's microphone is open: exactly while it holds the floor and `opens_at` has passed. */

import type { Live } from "./state.ts";

export type Voice =
  | { kind: "closed" }
  | { kind: "counting"; opensAt: number; seconds: number }
  | { kind: "open"; since: number };

/** `now` is the server's time in milliseconds. `seconds` is what a person reads in the 3-2-1. */
export function voice(live: Live, site: string, now: number): Voice {
  if (live.state !== "live" || live.floor?.site !== site) return { kind: "closed" };
  const opensAt = Date.parse(live.floor.opens_at);
  if (now < opensAt) return { kind: "counting", opensAt, seconds: Math.ceil((opensAt - now) / 1000) };
  return { kind: "open", since: opensAt };
}
