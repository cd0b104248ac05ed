/* The rooms at a glance: how many are fine, and whom to telephone about what. */

import { byId, h, icon, redraw } from "../dom/h.ts";
import type { Seat } from "../view/seats.ts";
import { type Acts, type Scene, w } from "./context.ts";
import { openDial } from "./dial.ts";
import { partName } from "./preview.ts";

interface Trouble {
  seat: Seat;
  kind: "absent" | "dropped" | "failed" | "weak";
  says: string;
}

const ORDER = ["dropped", "absent", "failed", "weak"] as const;
const ICONS = { absent: "absent", dropped: "drop", failed: "drop", weak: "drop" } as const;

export class Situation {
  readonly #box = byId("situation");
  readonly #count = byId("troubles");
  readonly #acts: Acts;
  readonly #select: (id: string) => void;

  constructor(acts: Acts, select: (id: string) => void) {
    this.#acts = acts;
    this.#select = select;
  }

  update(scene: Scene): void {
    const troubles = find(scene);
    const bad = new Map(troubles.map((trouble) => [trouble.seat.id, trouble.kind]));
    const excused = scene.seats.filter((seat) => seat.state === "excused").length;
    const fine = scene.seats.length - bad.size - excused;
    const absent = troubles.filter((trouble) => trouble.kind === "absent").length;
    redraw(this.#count, bad.size, () => [bad.size > 0 && String(bad.size)]);
    const key = troubles.map((trouble) => [trouble.seat.id, trouble.kind, trouble.says, trouble.seat.site.phone]);
    redraw(this.#box, [key, fine, excused], () => [
      h(
        "p",
        { class: "roll-num" },
        h("b", {}, w.situationReady(fine, scene.seats.length)),
        h("span", {}, w.situationReadyWords),
      ),
      h(
        "div",
        { class: "roll-cells", role: "img", "aria-label": w.cellsLabel(fine, bad.size - absent, absent) },
        ...scene.seats.map((seat) => {
          const kind = bad.get(seat.id);
          if (kind === undefined) return h("i", { class: seat.state === "excused" ? "off" : "" });
          return h("i", { class: kind === "absent" ? "miss" : "wait" });
        }),
      ),
      troubles.length === 0
        ? h("p", { class: "all-fine" }, w.situationAllFine(scene.seats.length))
        : h(
            "ul",
            { class: "troubles", tabindex: "0", "aria-label": w.situation },
            ...troubles.map((trouble) => this.#row(trouble)),
          ),
    ]);
  }

  #row({ seat, kind, says }: Trouble): HTMLElement {
    const { site } = seat;
    return h(
      "li",
      { data: { kind } },
      h(
        "button",
        { class: "trouble", type: "button", data: { key: `see-${seat.id}` }, onclick: () => this.#select(seat.id) },
        h("b", {}, site.name),
        h("span", { class: "state" }, icon(ICONS[kind]), says),
      ),
      h(
        "button",
        {
          class: "btn",
          type: "button",
          data: { key: `dial-${seat.id}` },
          onclick: () => openDial(this.#acts, seat),
        },
        icon("phone"),
        h("span", { class: "sr" }, `${w.dialTitle(site.name)} `),
        h("span", { class: "phone" }, site.phone),
      ),
    );
  }
}

function find(scene: Scene): Trouble[] {
  const found: Trouble[] = [];
  for (const seat of scene.seats) {
    const failed = seat.site.check?.failed ?? [];
    if (seat.state === "absent") found.push({ seat, kind: "absent", says: w.absent });
    else if (seat.state === "dropped") found.push({ seat, kind: "dropped", says: w.dropped });
    else if (failed.length > 0) found.push({ seat, kind: "failed", says: w.list(failed.map(partName)) });
    else if (scene.reports.get(seat.id)?.signal === 1) found.push({ seat, kind: "weak", says: w.weakNetwork });
  }
  return found.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
