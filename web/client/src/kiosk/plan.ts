/* What a paired PC does now. One function of what it knows, so that no order of events leaves it stuck.

   A page takes part in one meeting; after it, it begins anew. That is the soft reload: never during a meeting, only
   when the server has just answered. */

import type { MeetingState } from "../live/state.ts";
import type { Answer, Coming } from "./answer.ts";

export type Step =
  /** Nobody has answered yet. */
  | { kind: "away" }
  | { kind: "pairing" }
  | { kind: "waiting"; meeting: Coming | null }
  /** Take a seat in this meeting: devices are tried, then its doors open. */
  | { kind: "open"; meeting: number; site: string }
  /** The screen belongs to the meeting. */
  | { kind: "seat" }
  | { kind: "reload" };

export interface Seat {
  meeting: number;
  device: number;
  /** What the meeting's object says; a postponed one counts as planned from half an hour before its new time. */
  state: MeetingState;
  /** How long it has been over, cancelled or put off, in milliseconds. */
  over: number;
  /** How long the server has named another meeting, or none, although as far as this page knows this one is live or
      to come. */
  astray: number;
}

export interface Situation {
  /** The server's time, in milliseconds. */
  now: number;
  answer: Answer | null;
  /** The newest answer is only a few seconds old. */
  fresh: boolean;
  seat: Seat | null;
  /** The build this page began with; null before the first answer. */
  build: string | null;
  /** How long this page has been open, in milliseconds. */
  age: number;
  /** It began anew because of a new build a short while ago: if that did not help, it does not help at once again. */
  renewed: boolean;
}

/** How long the last card stays before the PC waits for the next meeting. */
export const FAREWELL_MS = 2 * 60_000;
/** As long as that even when another meeting is waiting. */
export const GLANCE_MS = 15_000;
/** A meeting that ends says so within seconds. Whoever still does not know is in none: no longer asked for, say. */
export const ASTRAY_MS = 60_000;
/** Of a meeting to come it may be told twice that it is called off: its own object also says why. */
export const UNTOLD_MS = 15_000;
export const OLD_MS = 4 * 3600_000;
/** No renewing this shortly before devices are tried. */
export const QUIET_MS = 2 * 60_000;

export function plan(s: Situation): Step {
  const { answer, seat } = s;
  if (answer === null) return seat === null ? { kind: "away" } : { kind: "seat" };
  const { device, meeting } = answer;
  if (seat !== null) {
    if (device === null || device.id !== seat.device) return { kind: "reload" };
    return s.fresh && leaves(s, seat, meeting) ? { kind: "reload" } : { kind: "seat" };
  }
  if (device === null) return { kind: "pairing" };
  if (meeting !== null && (meeting.state === "live" || s.now >= Date.parse(meeting.checks_at)))
    return { kind: "open", meeting: meeting.id, site: device.site };
  return s.fresh && outdated(s, meeting) ? { kind: "reload" } : { kind: "waiting", meeting };
}

/** Whether a seat is given up: its meeting is over and was taken leave of, or another one is the one to be in. */
function leaves(s: Situation, seat: Seat, meeting: Coming | null): boolean {
  if (seat.state === "live") return seat.astray >= ASTRAY_MS;
  const another = meeting !== null && meeting.id !== seat.meeting;
  if (seat.state === "planned") return (another && meeting.state === "live") || seat.astray >= UNTOLD_MS;
  if (seat.over >= FAREWELL_MS) return true;
  return another && seat.over >= GLANCE_MS && (meeting.state === "live" || s.now >= Date.parse(meeting.opens_at));
}

function outdated(s: Situation, meeting: Coming | null): boolean {
  if (meeting !== null && s.now >= Date.parse(meeting.checks_at) - QUIET_MS) return false;
  if (s.age >= OLD_MS) return true;
  return s.build !== null && s.answer?.build !== s.build && !s.renewed;
}
