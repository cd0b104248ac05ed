/* What the wall shows: all rooms, main and floor, or only one. L goes through them. */

import { openDialog } from "../dom/dialog.ts";
import { byId, h, redraw } from "../dom/h.ts";
import { type Live, siteName } from "../live/state.ts";
import { type Acts, w } from "./context.ts";

export class LayoutMenu {
  readonly #acts: Acts;
  readonly #base: string;
  readonly #selected: () => string;
  #live: Live | null = null;

  constructor(acts: Acts, base: string, selected: () => string) {
    this.#acts = acts;
    this.#base = base;
    this.#selected = selected;
    byId("layout").addEventListener("click", () => this.#open());
  }

  update(live: Live): void {
    this.#live = live;
    const name = this.#name(live);
    redraw(byId("layout"), name, () => [
      h("span", { class: "cut" }, w.wallIs(name)),
      h("kbd", { "aria-hidden": "true" }, "L"),
    ]);
  }

  /** The next layout in the circle. */
  next(): void {
    const now = this.#live?.layout ?? "all";
    if (now === "all") void this.#acts.send("layout", { layout: "spotlight" });
    else if (now === "spotlight") void this.#acts.send("layout", { layout: "single", site: this.#selected() });
    else void this.#acts.send("layout", { layout: "all" });
  }

  #name(live: Live): string {
    if (live.layout === "all") return w.layoutAll;
    if (live.layout === "spotlight") return w.layoutSpotlight;
    return w.layoutSingle(live.layout_site === null ? "" : siteName(live, live.layout_site));
  }

  #open(): void {
    const live = this.#live;
    if (live === null) return;
    const site = this.#selected();
    const choice = (text: string, pressed: boolean, act: () => Promise<boolean>): HTMLElement =>
      h(
        "button",
        {
          class: "btn choice",
          type: "button",
          "aria-pressed": String(pressed),
          onclick: () => void act().then((done) => done && dialog.close()),
        },
        text,
      );
    const dialog = openDialog(
      w.wallIs(this.#name(live)),
      w.close,
      h(
        "div",
        { class: "choices" },
        choice(w.layoutAll, live.layout === "all", () => this.#acts.send("layout", { layout: "all" })),
        choice(w.layoutSpotlight, live.layout === "spotlight", () =>
          this.#acts.send("layout", { layout: "spotlight" }),
        ),
        choice(w.layoutSingle(siteName(live, site)), live.layout === "single" && live.layout_site === site, () =>
          this.#acts.send("layout", { layout: "single", site }),
        ),
      ),
      h("a", { class: "btn btn-soft", href: `${this.#base}/wall`, target: "_blank", rel: "noopener" }, w.openWall),
    );
  }
}
