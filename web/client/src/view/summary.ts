/* What a meeting was for one site, in four figures and a sentence. */

import type { Summary } from "../live/summary.ts";
import type { Common } from "../words/index.ts";
import type { zhSite } from "../words/zh-site.ts";
import { clock } from "./time.ts";

type Words = Common & typeof zhSite;

const WHOLE_S = 60;

export interface Figure {
  name: string;
  value: string;
  unit: string;
}

export function figures(w: Words, summary: Summary): Figure[] {
  const { seconds, headcount, turns, drops } = summary;
  return [
    { name: w.figureThere, value: String(Math.round(seconds / 60)), unit: w.figureMinutes },
    { name: w.inAttendance, value: headcount === null ? "–" : String(headcount), unit: w.figurePeople },
    { name: w.figureTurns, value: String(turns), unit: w.figureTimes },
    { name: w.figureDrops, value: String(drops), unit: w.figureTimes },
  ];
}

/** 13:56 接入，准时到会，全程在线。 */
export function judged(w: Words, summary: Summary): string {
  if (summary.status === "excused") return w.judgedExcused;
  if (summary.joined_at === null || summary.seconds === 0) return w.judgedAbsent;
  const parts = [w.judgedJoined(clock(summary.joined_at))];
  if (summary.status === "brief") parts.push(w.judgedBrief);
  else if (summary.status !== null) parts.push(summary.late ? w.judgedLate : w.judgedInTime);
  if (summary.left_early) parts.push(w.judgedLeftEarly);
  if (summary.status === "present" && summary.missed < WHOLE_S) parts.push(w.judgedWhole);
  return w.fullStop(w.sentence(parts));
}
