/* Two panels in one place, a tab for each (WAI-ARIA tabs: arrow keys move, one is shown). */

import { byId, setAttribute } from "../dom/h.ts";

export class Tabs {
  readonly #names: readonly string[];
  readonly #chosen: (name: string) => void;

  /** For each name the page has `#tab-name` and the panel `#name`. `chosen` is told when another one is shown. */
  constructor(names: readonly string[], chosen: (name: string) => void) {
    this.#names = names;
    this.#chosen = chosen;
    for (const name of names) {
      const tab = byId(`tab-${name}`);
      tab.addEventListener("click", () => this.show(name));
      tab.addEventListener("keydown", (event) => this.#key(event, name));
    }
  }

  show(shown: string): void {
    for (const name of this.#names) {
      const tab = byId(`tab-${name}`);
      setAttribute(tab, "aria-selected", String(name === shown));
      tab.tabIndex = name === shown ? 0 : -1;
      byId(name).hidden = name !== shown;
    }
    this.#chosen(shown);
  }

  #key(event: KeyboardEvent, name: string): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const count = this.#names.length;
    const next = this.#names[(this.#names.indexOf(name) + step + count) % count] ?? name;
    this.show(next);
    byId(`tab-${next}`).focus();
  }
}
