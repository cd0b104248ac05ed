/* What every part of the console shares. */

import type { Page } from "../dom/page.ts";
import { sayFailure } from "../dom/toast.ts";
import type { Act } from "../live/acts.ts";
import type { Report } from "../live/reports.ts";
import type { Live, MeetingState } from "../live/state.ts";
import type { Losses } from "../view/losses.ts";
import type { Seat, Tally } from "../view/seats.ts";
import { enConsole } from "../words/en-console.ts";
import { type Common, pick, words } from "../words/index.ts";
import { zhConsole } from "../words/zh-console.ts";

export const w: Common & typeof zhConsole = { ...words, ...pick(zhConsole, enConsole) };

/** Everything one drawing of the console is made from. */
export interface Scene {
  live: Live;
  seats: Seat[];
  count: Tally;
  reports: Map<string, Report>;
  losses: Losses;
  /** Server time in milliseconds. */
  now: number;
}

/** An act of ours stays ours for this long, however late the object that tells of it arrives. */
const OURS_MS = 5000;

export class Acts {
  readonly #page: Page;
  readonly #sent: { name: string; at: number }[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** Sends an act and says in words when it was refused or did not arrive. Resolves to whether it was accepted. */
  async send(...act: Act): Promise<boolean> {
    this.#sent.push({ name: toldAs(...act), at: performance.now() });
    if (this.#sent.length > 20) this.#sent.shift();
    try {
      await this.#page.server.act(...act);
      return true;
    } catch (error) {
      sayFailure(error);
      return false;
    }
  }

  /** Whether this console sent an act of that name a moment ago. */
  isOurs(name: string): boolean {
    return this.#sent.some((sent) => sent.name === name && performance.now() - sent.at < OURS_MS);
  }
}

/** The name under which everybody is told of an act. */
function toldAs(...[address, body]: Act): string {
  if (!("act" in body)) return address;
  return body.act === "open" || body.act === "close" ? `roll_${body.act}` : body.act;
}

export function undoWord(live: Live): string {
  return live.undo === null ? "" : (w.acts[live.undo.act] ?? "");
}

/** The state of the meeting in one word. */
export function badgeWord(state: MeetingState): string {
  switch (state) {
    case "live":
      return w.live;
    case "planned":
      return w.notLive;
    case "ended":
      return w.over;
    case "postponed":
      return w.postponedTitle;
    case "cancelled":
      return w.cancelledTitle;
  }
}
