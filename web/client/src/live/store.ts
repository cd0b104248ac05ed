/* The newest object of the meeting, wherever it came from: the page itself, the room's metadata, or live.json. */

import type { Server } from "./acts.ts";
import { ServerClock } from "./clock.ts";
import { type Live, newest, parse } from "./state.ts";

const POLL_MS = 3000;

export class Store {
  readonly clock = new ServerClock(() => performance.now());
  #live: Live;
  readonly #listeners = new Set<(live: Live) => void>();

  constructor(first: Live) {
    this.#live = first;
    this.clock.observe(first.now);
  }

  get live(): Live {
    return this.#live;
  }

  onChange(listener: (live: Live) => void): void {
    this.#listeners.add(listener);
  }

  /** Takes text that may be an object; anything else, and anything older, is ignored. */
  offer(text: string | null | undefined): void {
    const arrived = parse(text ?? undefined);
    if (arrived === null) return;
    this.clock.observe(arrived.now);
    const kept = newest(this.#live, arrived);
    if (kept === this.#live) return;
    this.#live = kept;
    for (const listener of this.#listeners) listener(kept);
  }

  /** Asks the server once now, and again every few seconds for as long as `needed` says so. */
  poll(server: Server, needed: () => boolean): void {
    const ask = async (): Promise<void> => this.offer(await server.live());
    void ask();
    setInterval(() => {
      if (needed()) void ask();
    }, POLL_MS);
  }
}
