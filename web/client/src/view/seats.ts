/* State of each named seat, derived from the object and from who is in the room at this moment. */

import type { Live, Site } from "../live/state.ts";

export type SeatState = "absent" | "excused" | "dropped" | "check" | "online" | "hand" | "speaking";

export interface Seat {
  id: string;
  site: Site;
  state: SeatState;
  /** Place in the line of raised hands, from 1; 0 when the hand is down. */
  hand: number;
  /** Server time at which the connection was lost, for a dropped seat. */
  lostAt: number | null;
  online: boolean;
}

/** `present` are identities connected right now, as this page's own connection sees them; null while it has none, then
    the object alone decides. */
export function seats(live: Live, present: ReadonlySet<string> | null): Seat[] {
  const order = new Map(live.hands.map((hand, index) => [hand.site, index + 1]));
  return Object.entries(live.sites)
    .map(([id, site]) => seat(id, site, live, order.get(id) ?? 0, present))
    .sort((a, b) => a.site.seat - b.site.seat);
}

function seat(id: string, site: Site, live: Live, hand: number, present: ReadonlySet<string> | null): Seat {
  const online = present === null ? site.joined_at !== null : present.has(id);
  const lost = !online && (site.left_at !== null || site.joined_at !== null);
  const lostAt = lost && site.left_at !== null ? Date.parse(site.left_at) : null;
  return { id, site, hand, lostAt, online, state: stateOf(id, site, live, hand, online, lost) };
}

function stateOf(id: string, site: Site, live: Live, hand: number, online: boolean, lost: boolean): SeatState {
  if (!online && site.excused !== null) return "excused";
  if (!online) return lost ? "dropped" : "absent";
  if (live.floor?.site === id) return "speaking";
  if (hand > 0) return "hand";
  return site.check !== null && site.check.failed.length > 0 ? "check" : "online";
}

export interface Tally {
  online: number;
  total: number;
  hands: number;
  dropped: number;
  absent: number;
  failed: number;
  /** People in the rooms as far as they were reported; null when no room has reported. */
  people: number | null;
}

export function tally(all: readonly Seat[]): Tally {
  const reported = all.filter((seat) => seat.site.headcount !== null);
  return {
    online: all.filter((seat) => seat.online).length,
    total: all.length,
    hands: all.filter((seat) => seat.hand > 0).length,
    dropped: all.filter((seat) => seat.state === "dropped").length,
    absent: all.filter((seat) => seat.state === "absent").length,
    failed: all.filter((seat) => seat.state === "check").length,
    people: reported.length === 0 ? null : reported.reduce((sum, seat) => sum + (seat.site.headcount ?? 0), 0),
  };
}
