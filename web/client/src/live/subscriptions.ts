/* Who subscribes to what, as a function of the object. What is missing from a plan is not subscribed.

   Everything a click may bring up next is subscribed in advance and disabled, so that giving the floor needs no new
   negotiation: enabling is one message, and the server answers with a key frame. */

import type { Live } from "./state.ts";

export type Source = "camera" | "microphone" | "screen_share" | "screen_share_audio";
export type Size = "low" | "medium" | "high";

export interface Want {
  enabled: boolean;
  size: Size;
}

/** Keyed by `identity/source`. */
export type Plan = Map<string, Want>;

export interface Picture {
  identity: string;
  source: "camera" | "screen_share";
}

export const MAIN = "main";

export function key(identity: string, source: Source): string {
  return `${identity}/${source}`;
}

/** What fills the large and the small picture of a committee's page. `me` is shown by its own mirror, never here. */
export function stage(live: Live, me: string | null, shared: boolean): { large: Picture; small: Picture | null } {
  const camera = (identity: string): Picture => ({ identity, source: "camera" });
  const floor = live.floor !== null && live.floor.site !== me ? live.floor.site : null;
  const broadcast = live.broadcast !== null && live.broadcast !== me ? live.broadcast : null;
  if (shared) {
    const small = floor ?? broadcast ?? MAIN;
    return { large: { identity: MAIN, source: "screen_share" }, small: camera(small) };
  }
  if (broadcast !== null) {
    const small = floor === null || floor === broadcast ? MAIN : floor;
    return { large: camera(broadcast), small: camera(small) };
  }
  return { large: camera(MAIN), small: floor === null ? null : camera(floor) };
}

export function sitePlan(live: Live, me: string, shared: boolean): Plan {
  const plan: Plan = new Map();
  const shown = stage(live, me, shared);
  plan.set(key(MAIN, "microphone"), { enabled: true, size: "high" });
  plan.set(key(MAIN, "camera"), { enabled: false, size: "medium" });
  if (shared) plan.set(key(MAIN, "screen_share_audio"), { enabled: true, size: "high" });
  prepare(plan, live, me, true);
  if (live.floor !== null && live.floor.site !== me)
    plan.set(key(live.floor.site, "microphone"), { enabled: true, size: "high" });
  plan.set(key(shown.large.identity, shown.large.source), { enabled: true, size: "high" });
  if (shown.small !== null) plan.set(key(shown.small.identity, shown.small.source), { enabled: true, size: "medium" });
  return plan;
}

/** `sound`: this wall plays the meeting's voices too. `single` is the site of the single layout. */
export function wallPlan(live: Live, sound: boolean, shared: boolean): Plan {
  const plan: Plan = new Map();
  for (const site of Object.keys(live.sites)) plan.set(key(site, "camera"), { enabled: true, size: "low" });
  const large = wallStage(live, shared);
  plan.set(key(MAIN, "camera"), { enabled: false, size: "high" });
  for (const picture of large) plan.set(key(picture.identity, picture.source), { enabled: true, size: "high" });
  if (sound) {
    plan.set(key(MAIN, "microphone"), { enabled: true, size: "high" });
    if (live.floor !== null) plan.set(key(live.floor.site, "microphone"), { enabled: true, size: "high" });
  }
  return plan;
}

/** The pictures above the seats: none, one or two. */
export function wallStage(live: Live, shared: boolean): Picture[] {
  if (live.layout === "single" && live.layout_site !== null) return [{ identity: live.layout_site, source: "camera" }];
  if (live.layout !== "spotlight") return [];
  const first: Picture = { identity: MAIN, source: shared ? "screen_share" : "camera" };
  const second = live.floor?.site ?? live.broadcast ?? live.next[0] ?? null;
  if (second !== null) return [first, { identity: second, source: "camera" }];
  return shared ? [first, { identity: MAIN, source: "camera" }] : [first];
}

/** `preview` is the site in "next prepared"; `pictures`: the map is wide enough to show all sites. */
export function consolePlan(live: Live, preview: string | null, pictures: boolean, shared: boolean): Plan {
  const plan: Plan = new Map();
  if (pictures)
    for (const site of Object.keys(live.sites)) plan.set(key(site, "camera"), { enabled: true, size: "low" });
  else prepare(plan, live, null, false);
  plan.set(key(MAIN, "camera"), { enabled: true, size: "medium" });
  if (shared) plan.set(key(MAIN, "screen_share"), { enabled: true, size: "medium" });
  for (const site of [live.floor?.site, live.broadcast, preview])
    if (site) plan.set(key(site, "camera"), { enabled: true, size: "medium" });
  return plan;
}

/** The main venue plays the voice of whoever has the floor. */
export function mainPlan(live: Live): Plan {
  const plan: Plan = new Map();
  for (const site of live.next) plan.set(key(site, "microphone"), { enabled: false, size: "high" });
  if (live.floor !== null) plan.set(key(live.floor.site, "microphone"), { enabled: true, size: "high" });
  return plan;
}

function prepare(plan: Plan, live: Live, me: string | null, voices: boolean): void {
  for (const site of live.next) {
    if (site === me) continue;
    plan.set(key(site, "camera"), { enabled: false, size: "medium" });
    if (voices) plan.set(key(site, "microphone"), { enabled: false, size: "high" });
  }
}
