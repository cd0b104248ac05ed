/* What can be done with the selected seat, by its state. */

import { byId, h, icon, redraw, setAttribute } from "../dom/h.ts";
import { isOver } from "../live/state.ts";
import type { Seat } from "../view/seats.ts";
import { clock } from "../view/time.ts";
import { type Acts, type Scene, w } from "./context.ts";
import { openCount, openDial, openExcuse } from "./dial.ts";

export class Dock {
  readonly #acts: Acts;
  readonly #box = byId("dock");

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  update(scene: Scene, selected: string): void {
    const seat = scene.seats.find((one) => one.id === selected);
    if (seat === undefined) return;
    const { site } = seat;
    const report = scene.reports.get(selected);
    const network = !seat.online
      ? ""
      : report?.signal === 1
        ? w.networkPoor
        : report?.signal === 2
          ? w.networkFair
          : w.networkGood;
    const people = site.headcount === null ? "" : w.people(site.headcount);
    const excuse = seat.state === "excused" ? w.excused : "";
    const reminded = site.headcount === null && site.reminded_at !== null ? w.remindedAt(clock(site.reminded_at)) : "";
    const fine = network === w.networkGood && reminded !== ""; // the line has room for one of the two
    const says = w.sentence([people, fine ? "" : network, excuse, reminded].filter((part) => part !== ""));
    const holds = scene.live.floor?.site === selected;
    const shown = scene.live.broadcast === selected;
    const live = scene.live.state === "live";
    const over = isOver(scene.live);
    setAttribute(this.#box, "aria-label", w.dockOf(site.name));
    redraw(this.#box, [selected, says, site, seat.online, holds, shown, live, over], () => [
      h("p", {}, h("b", {}, site.name), " ", says, h("small", {}, w.operatorAndPhone(site.operator, site.phone))),
      live &&
        seat.online &&
        !holds &&
        this.#button("call", "btn btn-soft", w.callOn, () =>
          this.#acts.send("floor", { act: "call_on", site: selected }),
        ),
      live && holds && this.#button("release", "btn", w.release, () => this.#acts.send("floor", { act: "release" })),
      live &&
        seat.online &&
        this.#button("cast", "btn", shown ? w.stopBroadcast : w.broadcast, () =>
          this.#acts.send("floor", shown ? { act: "stop_broadcast" } : { act: "broadcast", site: selected }),
        ),
      h(
        "button",
        { class: "btn", type: "button", data: { key: "dial" }, onclick: () => openDial(this.#acts, seat) },
        icon("phone"),
        w.dial,
      ),
      ...(seat.online || over ? [] : this.#away(seat)),
    ]);
  }

  /** For a room that is not connected: what is known about it without its own page. */
  #away(seat: Seat): HTMLElement[] {
    const { id, site } = seat;
    const button = (key: string, text: string, onclick: () => void): HTMLElement =>
      h("button", { class: "btn", type: "button", data: { key }, onclick }, text);
    return [
      button("count", w.countTell, () => openCount(this.#acts, seat)),
      site.excused === null
        ? button("excuse", w.excuse, () => openExcuse(this.#acts, seat))
        : button("unexcuse", w.unexcuse, () => void this.#acts.send("roll", { act: "unexcuse", site: id })),
    ];
  }

  #button(key: string, style: string, text: string, act: () => Promise<boolean>): HTMLElement {
    return h("button", { class: style, type: "button", data: { key }, onclick: () => void act() }, text);
  }
}
