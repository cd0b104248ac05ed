/* One answer on its way to the server: kept on this computer until it has arrived, through reloads and lost networks. */

import { Refused } from "../live/acts.ts";
import { retryDelay } from "../live/retry.ts";
import type { RosterAnswer } from "../live/roster.ts";

const KEY = "meetinghub.roster";
const VALID_MS = 12 * 3600_000;

export type Sent = "arrived" | "kept" | Refused;

export class RosterOutbox {
  readonly #key: string;
  readonly #send: (answer: RosterAnswer) => Promise<unknown>;
  readonly #later: (sent: Sent) => void;
  #waiting: RosterAnswer | null;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `meeting` and `site` name whose answer it is; `later` is told when one that was kept has arrived or was refused. */
  constructor(
    meeting: string,
    site: string,
    send: (answer: RosterAnswer) => Promise<unknown>,
    later: (sent: Sent) => void,
  ) {
    this.#key = `${meeting} ${site}`;
    this.#send = send;
    this.#later = later;
    this.#waiting = this.#stored();
    if (this.#waiting !== null) this.#retry();
  }

  /** The answer that has not arrived yet. */
  get waiting(): RosterAnswer | null {
    return this.#waiting;
  }

  /** Sends at once. Resolves to "kept" when the network is down: then it goes out by itself later. */
  async send(answer: RosterAnswer): Promise<Sent> {
    this.#keep(answer);
    this.#attempt = 0;
    clearTimeout(this.#timer);
    const sent = await this.#try(answer);
    if (sent === "kept") this.#retry();
    return sent;
  }

  async #try(answer: RosterAnswer): Promise<Sent> {
    try {
      await this.#send(answer);
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 429) return "kept";
      if (this.#waiting === answer) this.#keep(null);
      return error;
    }
    if (this.#waiting === answer) this.#keep(null);
    return "arrived";
  }

  #retry(): void {
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#again(), retryDelay(this.#attempt, Math.random()));
  }

  async #again(): Promise<void> {
    const answer = this.#waiting;
    if (answer === null) return;
    const sent = await this.#try(answer);
    if (sent !== "kept") this.#later(sent);
    else if (this.#waiting === answer) this.#retry();
  }

  #keep(answer: RosterAnswer | null): void {
    this.#waiting = answer;
    try {
      if (answer === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, JSON.stringify({ key: this.#key, at: Date.now(), answer }));
    } catch {
      // Without storage it is kept for as long as the page is open.
    }
  }

  #stored(): RosterAnswer | null {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as {
        key?: string;
        at?: number;
        answer?: RosterAnswer;
      };
      const fresh = kept.key === this.#key && typeof kept.at === "number" && Date.now() - kept.at < VALID_MS;
      return fresh ? (kept.answer ?? null) : null;
    } catch {
      return null;
    }
  }
}
