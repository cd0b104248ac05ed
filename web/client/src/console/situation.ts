/* The rooms at a glance: how many are fine, and whom to telephone about what. */

import { byId, h, icon, redraw } from "../dom/h.ts";
import type { Seat } from "../view/seats.ts";
import { type Scene, w } from "./context.ts";
import { openDial } from "./dock.ts";
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
  readonly #select: (id: string) => void;

  constructor(select: (id: string) => void) {
    this.#select = select;
  }

  update(scene: Scene): void {
    const troubles = find(scene);
    const bad = new Map(troubles.map((trouble) => [trouble.seat.id, trouble.kind]));
    const fine = scene.seats.length - bad.size;
    const absent = troubles.filter((trouble) => trouble.kind === "absent").length;
    const key = troubles.map((trouble) => [trouble.seat.id, trouble.kind, trouble.says, trouble.seat.site.phone]);
    redraw(this.#box, [key, fine], () => [
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
          return h("i", { class: kind === undefined ? "" : kind === "absent" ? "miss" : "wait" });
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
          onclick: () => openDial(site),
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
