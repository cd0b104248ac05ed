/* The pairing code on the screen: asked for when there is none, replaced when it has expired. */

import { Refused } from "../live/acts.ts";
import type { Code, Office } from "./answer.ts";
import type { Shown } from "./cards.ts";

const AGAIN_MS = 5000;
const REFUSED_MS = 60_000;

export class PairingCode {
  readonly #office: Office;
  #code: Code | null = null;
  #refused = "";
  /** Local monotonic time of the next attempt. */
  #againAt = 0;
  #asking = false;

  constructor(office: Office) {
    this.#office = office;
  }

  /** Several times a second while it is shown; `now` is the server's time. */
  shown(now: number, phone: string): Shown {
    const left = this.#code === null ? 0 : Date.parse(this.#code.expires_at) - now;
    if (left <= 0) {
      this.#code = null;
      void this.#ask();
      return { digits: "", left: this.#againAt - performance.now(), refused: this.#refused, phone };
    }
    return { digits: this.#code?.code ?? "", left, refused: "", phone };
  }

  async #ask(): Promise<void> {
    if (this.#asking || performance.now() < this.#againAt) return;
    this.#asking = true;
    try {
      this.#code = await this.#office.code();
      this.#refused = "";
    } catch (error) {
      this.#refused = error instanceof Refused ? error.message : "";
      this.#againAt = performance.now() + (error instanceof Refused ? REFUSED_MS : AGAIN_MS);
    } finally {
      this.#asking = false;
    }
  }
}
