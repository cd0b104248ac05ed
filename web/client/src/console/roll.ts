/* 点名签到: how many rooms have said who is there, and what to do about the others. */

import { byId, h, icon, redraw, setText } from "../dom/h.ts";
import { isOver } from "../live/state.ts";
import { isOpen, type RollTally, rollMark, rollTally, rollTime } from "../view/roll.ts";
import type { Seat } from "../view/seats.ts";
import { clock, duration } from "../view/time.ts";
import { type Acts, type Scene, w } from "./context.ts";
import { openDial } from "./dial.ts";

const CELLS = { done: "", waiting: "wait", away: "miss", excused: "off" } as const;

export class RollPanel {
  readonly #acts: Acts;
  readonly #select: (id: string) => void;
  readonly #box = byId("roll");
  readonly #time = byId("roll-time");

  constructor(acts: Acts, select: (id: string) => void) {
    this.#acts = acts;
    this.#select = select;
  }

  update(scene: Scene): void {
    const { live, seats, now } = scene;
    const tally = rollTally(seats);
    const took = rollTime(live.roll, now);
    setText(this.#time, took === null ? "" : w.rollTook(duration(took)));
    const key = seats.map((seat) => [rollMark(seat), seat.state === "dropped", seat.site.headcount, seat.site.excused]);
    redraw(this.#box, [key, live.roll, live.state], () => [
      h(
        "p",
        { class: "roll-num" },
        h("b", {}, `${tally.done}/${seats.length}`),
        h("span", {}, w.rollDone(tally.people)),
      ),
      h(
        "div",
        { class: "roll-cells", role: "img", "aria-label": cellsLabel(tally) },
        ...seats.map((seat) => h("i", { class: CELLS[rollMark(seat)] })),
      ),
      this.#names(tally, live.roll.reminded_at),
      this.#calls([...tally.waiting, ...tally.dropped, ...tally.absent]),
      !isOver(live) && this.#buttons(isOpen(live.roll), live.roll.opened_at !== null, tally.waiting.length),
    ]);
  }

  /** In words, each name leads to its seat. */
  #names(tally: RollTally, reminded: string | null): HTMLElement {
    const { length } = tally.waiting;
    const rows: [string, Seat[]][] = [
      [reminded === null ? w.rollWaiting(length) : w.rollReminded(length, clock(reminded)), tally.waiting],
      [w.rollDropped(tally.dropped.length), tally.dropped],
      [w.rollAbsent(tally.absent.length), tally.absent],
      [w.rollExcused(tally.excused.length), tally.excused],
    ];
    const named = rows.filter(([, seats]) => seats.length > 0);
    if (named.length === 0) return h("p", { class: "all-fine" }, w.rollAllDone);
    return h(
      "dl",
      { class: "roll-list", tabindex: "0", "aria-label": w.rollMissing },
      ...named.map(([title, seats]) =>
        h("div", {}, h("dt", {}, title), h("dd", {}, ...seats.flatMap((seat) => [this.#name(seat), " "]))),
      ),
    );
  }

  #name(seat: Seat): HTMLElement {
    return h(
      "button",
      { type: "button", data: { key: `name-${seat.id}` }, onclick: () => this.#select(seat.id) },
      rollMark(seat) === "excused" ? w.excusedBecause(seat.site.name, seat.site.excused?.reason ?? "") : seat.site.name,
    );
  }

  /** On a wide screen, in place of the words: whom to telephone. */
  #calls(seats: Seat[]): HTMLElement {
    return h(
      "div",
      { class: "roll-call-list", role: "group", "aria-label": w.rollCallThem },
      ...seats.map((seat) =>
        h(
          "button",
          {
            class: rollMark(seat) === "away" ? "btn miss" : "btn",
            type: "button",
            data: { key: `call-${seat.id}` },
            onclick: () => openDial(this.#acts, seat),
          },
          seat.site.name,
          icon("phone"),
        ),
      ),
    );
  }

  #buttons(open: boolean, again: boolean, waiting: number): HTMLElement {
    const button = (key: string, style: string, text: string, act: "open" | "close" | "remind"): HTMLElement =>
      h(
        "button",
        { class: style, type: "button", data: { key }, onclick: () => void this.#acts.send("roll", { act }) },
        text,
      );
    if (!open)
      return h(
        "div",
        { class: "roll-acts" },
        button("roll-open", "btn btn-soft", again ? w.rollAgain : w.rollOpen, "open"),
      );
    return h(
      "div",
      { class: "roll-acts" },
      waiting > 0 && button("roll-remind", "btn btn-soft", w.rollRemind(waiting), "remind"),
      button("roll-close", "btn", w.rollClose, "close"),
    );
  }
}

function cellsLabel(tally: RollTally): string {
  const away = tally.dropped.length + tally.absent.length;
  return w.rollCells(tally.done, tally.waiting.length, away, tally.excused.length);
}
