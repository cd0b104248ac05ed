/* A meeting in the middle of its first segment, small enough to read. */
import type { Live, Site } from "../src/live/state.ts";

export const NOW = Date.parse("2026-11-26T06:28:06Z");

export function at(secondsFromNow: number): string {
  return new Date(NOW + secondsFromNow * 1000).toISOString();
}

export function site(seat: number, changes: Partial<Site> = {}): Site {
  return {
    seat,
    name: `会场${seat}`,
    operator: `操作员${seat}`,
    phone: `199 0000 01${String(seat).padStart(2, "0")}`,
    headcount: null,
    answered_at: null,
    reminded_at: null,
    excused: null,
    joined_at: at(-1800),
    left_at: null,
    check: null,
    ...changes,
  };
}

export function meeting(changes: Partial<Live> = {}): Live {
  const sites: Record<string, Site> = {};
  for (let seat = 1; seat <= 33; seat++) sites[`site-${String(seat).padStart(2, "0")}`] = site(seat);
  const segment = { granted: 0, warned_at: null, sites: null, speaker: "" };
  return {
    version: 1,
    revision: 412,
    now: at(0),
    state: "live",
    title: "书记主任月度工作例会",
    starts_at: "2026-11-26T06:00:00Z",
    ends_at: "2026-11-26T07:03:00Z",
    started_at: "2026-11-26T06:00:00Z",
    ended_at: null,
    reason: "",
    chair: { account: "chair", name: "主持人" },
    count_in: 3,
    floor: null,
    broadcast: null,
    hands: [],
    next: [],
    sites,
    main: { name: "主会场", place: "302 会议室", phone: "199 0000 0100", online: true },
    agenda: [
      {
        ...segment,
        id: 1,
        department: "自治办",
        title: "居民自治项目申报",
        minutes: 25,
        state: "current",
        planned_at: "2026-11-26T06:00:00Z",
        starts_at: "2026-11-26T06:00:00Z",
        ends_at: "2026-11-26T06:28:00Z",
      },
      {
        ...segment,
        id: 2,
        department: "民政科",
        title: "冬季送温暖对象核对",
        speaker: "沈若琳",
        minutes: 10,
        state: "waiting",
        planned_at: "2026-11-26T06:25:00Z",
        starts_at: "2026-11-26T06:28:00Z",
        ends_at: "2026-11-26T06:38:00Z",
      },
      {
        ...segment,
        id: 3,
        department: "平安办",
        title: "冬季消防检查",
        minutes: 15,
        state: "waiting",
        planned_at: "2026-11-26T06:35:00Z",
        starts_at: "2026-11-26T06:38:00Z",
        ends_at: "2026-11-26T06:53:00Z",
      },
    ],
    roll: { opened_at: null, closed_at: null, reminded_at: null },
    layout: "all",
    layout_site: null,
    recent: [],
    undo: null,
    ...changes,
  };
}
