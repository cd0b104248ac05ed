/* The one object of a live meeting (docs/live-meeting.md, version 1), as pages see it. Times are ISO 8601 strings in UTC. */

export type MeetingState = "planned" | "live" | "ended" | "postponed" | "cancelled";
export type SegmentState = "waiting" | "current" | "done";
export type CheckPart = "camera" | "microphone" | "speaker" | "network";
export type WallLayout = "all" | "spotlight" | "single";

export interface Site {
  seat: number;
  name: string;
  operator: string;
  phone: string;
  /** How many sit there by the newest word, ticked by themselves or told by telephone. */
  headcount: number | null;
  /** When the site itself answered the roll, and when it was reminded to. */
  answered_at: string | null;
  reminded_at: string | null;
  excused: { reason: string } | null;
  joined_at: string | null;
  left_at: string | null;
  check: { at: string; failed: CheckPart[] } | null;
}

export interface Segment {
  id: number;
  department: string;
  title: string;
  speaker: string;
  minutes: number;
  granted: number;
  state: SegmentState;
  planned_at: string;
  starts_at: string;
  ends_at: string;
  warned_at: string | null;
  sites: string[] | null;
}

export interface Hand {
  site: string;
  at: string;
  topic: string;
}

export interface Floor {
  site: string;
  since: string;
  opens_at: string;
}

export interface RecentAct {
  at: string;
  by: string;
  act: string;
  site: string | null;
  segment: number | null;
}

/** Open while only `opened_at` is set. */
export interface RollCall {
  opened_at: string | null;
  closed_at: string | null;
  reminded_at: string | null;
}

export interface Live {
  version: 1;
  revision: number;
  now: string;
  state: MeetingState;
  title: string;
  starts_at: string;
  ends_at: string;
  started_at: string | null;
  ended_at: string | null;
  reason: string;
  chair: { account: string; name: string };
  count_in: number;
  floor: Floor | null;
  broadcast: string | null;
  hands: Hand[];
  next: string[];
  sites: Record<string, Site>;
  main: { name: string; place: string; phone: string; online: boolean };
  agenda: Segment[];
  roll: RollCall;
  layout: WallLayout;
  layout_site: string | null;
  recent: RecentAct[];
  undo: { act: string; site: string | null } | null;
}

/** What the text holds, or null when it is not an object of a version this page understands. */
export function parse(text: string | undefined): Live | null {
  if (!text) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const candidate = value as Partial<Live>;
  return candidate.version === 1 && typeof candidate.revision === "number" ? (candidate as Live) : null;
}

/** The newest-revision rule: an object that is older than the one shown is ignored, an equal one may refresh it. */
export function newest(shown: Live | null, arrived: Live): Live {
  return shown !== null && arrived.revision < shown.revision ? shown : arrived;
}

/** Site identities in seat order, which never changes. */
export function seatOrder(live: Live): string[] {
  return Object.keys(live.sites).sort((a, b) => (live.sites[a]?.seat ?? 0) - (live.sites[b]?.seat ?? 0));
}

/** Nothing will be seen or heard of this meeting any more. */
export function isOver(live: Live): boolean {
  return live.state === "ended" || live.state === "cancelled";
}

const OPENS_MS = 30 * 60_000;

/** A meeting that was put off is a planned one again half an hour before its new time, when rooms come in. */
export function stateAt(live: Live, now: number): MeetingState {
  return live.state === "postponed" && Date.parse(live.starts_at) - now <= OPENS_MS ? "planned" : live.state;
}

/** A site's own name, or its identity when the object does not know it. */
export function siteName(live: Live, site: string): string {
  return live.sites[site]?.name ?? site;
}

export function currentSegment(live: Live): Segment | null {
  return live.agenda.find((segment) => segment.state === "current") ?? null;
}

export function nextSegment(live: Live): Segment | null {
  return live.agenda.find((segment) => segment.state === "waiting") ?? null;
}
