/* When the meeting is over: what it was for this site, in four figures and a sentence. Nothing to fill in. */

import { retryDelay } from "../live/retry.ts";
import type { Live } from "../live/state.ts";
import type { Summary } from "../live/summary.ts";
import { clock } from "../view/time.ts";
import { type Context, w } from "./context.ts";

/** All rooms ask at once, and the last seconds of presence are known when the room is closed. */
const SPREAD_MS = 1500;
const AGAIN_MS = 12_000;
const WHOLE_S = 60;

export interface Figure {
  name: string;
  value: string;
  unit: string;
}

export class Afterwards {
  readonly #context: Context;
  #summary: Summary | null = null;
  #asked = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Empty until the server has told. */
  figures(): Figure[] {
    this.#ask();
    return this.#summary === null ? [] : figures(this.#summary);
  }

  sentence(live: Live): string {
    const held = w.heldFromTo(clock(live.started_at ?? live.starts_at), clock(live.ended_at ?? live.ends_at));
    return this.#summary === null ? held : w.sentences([held, judged(this.#summary)]);
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    setTimeout(() => void this.#fetch(), Math.random() * SPREAD_MS);
    setTimeout(() => void this.#fetch(), AGAIN_MS + Math.random() * SPREAD_MS);
  }

  async #fetch(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.#context.page.server.summary();
      if (found !== null) {
        this.#summary = found;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt, Math.random())));
    }
  }
}

export function figures(summary: Summary): Figure[] {
  const { seconds, headcount, turns, drops } = summary;
  return [
    { name: w.figureThere, value: String(Math.round(seconds / 60)), unit: w.figureMinutes },
    { name: w.inAttendance, value: headcount === null ? "–" : String(headcount), unit: w.figurePeople },
    { name: w.figureTurns, value: String(turns), unit: w.figureTimes },
    { name: w.figureDrops, value: String(drops), unit: w.figureTimes },
  ];
}

/** 13:56 接入，准时到会，全程在线。 */
export function judged(summary: Summary): string {
  if (summary.status === "excused") return w.judgedExcused;
  if (summary.joined_at === null || summary.seconds === 0) return w.judgedAbsent;
  const parts = [w.judgedJoined(clock(summary.joined_at))];
  if (summary.status === "brief") parts.push(w.judgedBrief);
  else if (summary.status !== null) parts.push(summary.late ? w.judgedLate : w.judgedInTime);
  if (summary.left_early) parts.push(w.judgedLeftEarly);
  if (summary.status === "present" && summary.missed < WHOLE_S) parts.push(w.judgedWhole);
  return w.fullStop(w.sentence(parts));
}
