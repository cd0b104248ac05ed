/* When the meeting is over: what it was for this site, in four figures and a sentence. Nothing to fill in. */

import { retryDelay } from "../live/retry.ts";
import type { Live } from "../live/state.ts";
import type { Summary } from "../live/summary.ts";
import { type Figure, figures, judged } from "../view/summary.ts";
import { clock } from "../view/time.ts";
import { type Context, w } from "./context.ts";

/** All rooms ask at once, and the last seconds of presence are known when the room is closed. */
const SPREAD_MS = 1500;
const AGAIN_MS = 12_000;

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
    return this.#summary === null ? [] : figures(w, this.#summary);
  }

  sentence(live: Live): string {
    const held = w.heldFromTo(clock(live.started_at ?? live.starts_at), clock(live.ended_at ?? live.ends_at));
    return this.#summary === null ? held : w.sentences([held, judged(w, this.#summary)]);
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
