/* The agenda at a moment: who speaks, how long it was meant to last, how far it has run over, and what that moves. */

import { currentSegment, type Live, type Segment } from "../live/state.ts";

const MINUTE = 60_000;

export interface Block {
  segment: Segment;
  /** Milliseconds since 1970, server time. */
  from: number;
  to: number;
  /** Where the allowed time ends inside this block; equal to `to` when it is not exceeded. */
  allowedTo: number;
}

export interface Agenda {
  blocks: Block[];
  from: number;
  to: number;
  current: Running | null;
}

export interface Running {
  segment: Segment;
  /** Planned and granted, in minutes. */
  allowed: number;
  used: number;
  /** Whole minutes over, 0 while in time. */
  over: number;
}

/** The object says when segments are expected to end; while no new one arrives, an overrun grows with the clock. */
export function agenda(live: Live, now: number): Agenda {
  const running = currentSegment(live);
  const slip = running === null || live.state !== "live" ? 0 : Math.max(0, now - Date.parse(running.ends_at));
  const blocks = live.agenda.map((segment): Block => {
    const moved = segment.state === "waiting" ? slip : 0;
    const from = Date.parse(segment.starts_at) + moved;
    const to = Date.parse(segment.ends_at) + (segment.state === "current" ? slip : moved);
    const allowedTo = from + (segment.minutes + segment.granted) * MINUTE;
    return { segment, from, to, allowedTo: segment.state === "waiting" ? to : Math.min(allowedTo, to) };
  });
  const from = blocks[0]?.from ?? Date.parse(live.starts_at);
  const last = blocks.reduce((latest, block) => Math.max(latest, block.to), from);
  const to = live.state === "ended" ? last : Math.max(last, Date.parse(live.ends_at)); // an extension leaves room at the end
  return { blocks, from, to, current: running === null ? null : progress(running, now) };
}

function progress(segment: Segment, now: number): Running {
  const allowed = segment.minutes + segment.granted;
  const used = Math.max(0, (now - Date.parse(segment.starts_at)) / MINUTE);
  return { segment, allowed, used: Math.floor(used), over: Math.max(0, Math.floor(used - allowed)) };
}

/** Whether a segment concerns this site in particular. When all do, none is marked. */
export function isMine(live: Live, segment: Segment, site: string): boolean {
  return (segment.sites === null || segment.sites.includes(site)) && !allMine(live, site);
}

/** Whether the whole agenda concerns this site. */
export function allMine(live: Live, site: string): boolean {
  return live.agenda.every((segment) => segment.sites === null || segment.sites.includes(site));
}

/** Minutes by which a segment begins later than announced; negative when earlier. */
export function lateBy(block: Block): number {
  return Math.round((block.from - Date.parse(block.segment.planned_at)) / MINUTE);
}
