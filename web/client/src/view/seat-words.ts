/* A seat's state as icon and word, the same on the wall and on the console. */

import { type Common, inEnglish } from "../words/index.ts";
import type { Seat } from "./seats.ts";
import { duration } from "./time.ts";

export interface SeatWord {
  icon: string;
  /** Drawn only where there is room for it: the 已 of 已举手. */
  optional: string;
  text: string;
  number: string;
}

/** `lostFor` in milliseconds is written beside a dropped seat when `withTime`. */
export function seatWord(w: Common, seat: Seat, lostFor: number, withTime: boolean): SeatWord {
  const plain = (icon: string, text: string): SeatWord => ({ icon, optional: "", text, number: "" });
  switch (seat.state) {
    case "online":
      return plain("dot", w.online);
    case "check":
      return plain("drop", w.checkFailed);
    case "speaking":
      return plain("wave", w.speaking);
    case "dropped":
      return plain("drop", withTime ? w.droppedFor(duration(lostFor)) : w.dropped);
    case "absent":
      return plain("absent", w.absent);
    case "excused":
      return plain("check", w.excused);
    case "hand":
      return { icon: "hand", optional: inEnglish() ? "" : "已", text: w.handShort, number: String(seat.hand) };
  }
}
