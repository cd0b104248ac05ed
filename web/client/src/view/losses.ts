/* Since when a seat has been lost: the server's time when it knows, otherwise since we first saw it gone. */

import type { Seat } from "./seats.ts";

export class Losses {
  readonly #seen = new Map<string, number>();

  /** Milliseconds a dropped seat has been gone; 0 for any other. `now` is server time. */
  since(seat: Seat, now: number): number {
    if (seat.state !== "dropped") {
      this.#seen.delete(seat.id);
      return 0;
    }
    const from = seat.lostAt ?? this.#seen.get(seat.id) ?? now;
    this.#seen.set(seat.id, from);
    return Math.max(0, now - from);
  }
}
