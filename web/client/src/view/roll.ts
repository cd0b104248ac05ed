/* Who has answered the roll call, derived from the seats. */

import type { RollCall } from "../live/state.ts";
import type { Seat } from "./seats.ts";

/** `waiting` is connected and can be reminded; `away` has to be telephoned. */
export type RollMark = "done" | "excused" | "waiting" | "away";

export interface RollTally {
  done: number;
  people: number;
  waiting: Seat[];
  dropped: Seat[];
  absent: Seat[];
  excused: Seat[];
}

export function rollMark(seat: Seat): RollMark {
  if (seat.site.headcount !== null) return "done";
  if (seat.site.excused !== null) return "excused";
  return seat.online ? "waiting" : "away";
}

export function rollTally(seats: readonly Seat[]): RollTally {
  const marked = (mark: RollMark): Seat[] => seats.filter((seat) => rollMark(seat) === mark);
  const away = marked("away");
  return {
    done: marked("done").length,
    people: seats.reduce((sum, seat) => sum + (seat.site.headcount ?? 0), 0),
    waiting: marked("waiting"),
    dropped: away.filter((seat) => seat.state === "dropped"),
    absent: away.filter((seat) => seat.state !== "dropped"),
    excused: marked("excused"),
  };
}

export function isOpen(roll: RollCall): boolean {
  return roll.opened_at !== null && roll.closed_at === null;
}

/** Milliseconds that the roll call took or has taken so far; null before the first. */
export function rollTime(roll: RollCall, now: number): number | null {
  if (roll.opened_at === null) return null;
  return (roll.closed_at === null ? now : Date.parse(roll.closed_at)) - Date.parse(roll.opened_at);
}
