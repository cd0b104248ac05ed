/* What can be done with the selected seat, by its state. */

import { openDialog } from "../dom/dialog.ts";
import { byId, h, icon, redraw, setAttribute } from "../dom/h.ts";
import type { Site } from "../live/state.ts";
import { type Acts, type Scene, w } from "./context.ts";

export function openDial(site: Site): void {
  openDialog(
    w.dialTitle(site.name),
    w.close,
    h("p", {}, w.operatorAndPhone(site.operator, "")),
    h("p", { class: "dial" }, h("a", { href: `tel:${site.phone.replaceAll(" ", "")}` }, site.phone)),
    h("p", {}, w.dialHint),
  );
}

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
    const says = w.sentence([people, network].filter((part) => part !== ""));
    const holds = scene.live.floor?.site === selected;
    const shown = scene.live.broadcast === selected;
    const live = scene.live.state === "live";
    setAttribute(this.#box, "aria-label", w.dockOf(site.name));
    redraw(this.#box, [selected, says, site, seat.online, holds, shown, live], () => [
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
        { class: "btn", type: "button", data: { key: "dial" }, onclick: () => openDial(site) },
        icon("phone"),
        w.dial,
      ),
    ]);
  }

  #button(key: string, style: string, text: string, act: () => Promise<boolean>): HTMLElement {
    return h("button", { class: style, type: "button", data: { key }, onclick: () => void act() }, text);
  }
}
