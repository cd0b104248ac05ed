/* The list in the drawer: a tick for each person, a reason for whoever is excused, a count of guests, one button. */

import { h, icon, redraw, setAttribute, setText } from "../dom/h.ts";
import {
  EXCUSES,
  type Excuse,
  excused,
  headcount,
  type Listed,
  MOST_GUESTS,
  type RosterList,
  ticked,
  withGuests,
} from "../live/roster.ts";
import { w } from "./context.ts";

export class RosterForm {
  readonly element = h("form", { class: "roster-form", novalidate: true });
  readonly #people = h("ul", { "aria-label": w.rosterPeople, tabindex: "0" });
  readonly #guests = h("input", {
    type: "number",
    id: "guests",
    min: "0",
    max: String(MOST_GUESTS),
    inputmode: "numeric",
  });
  readonly #confirm = h("button", { class: "btn btn-main", type: "submit", data: { key: "confirm-roster" } });
  readonly #changed: (list: RosterList) => void;
  #list: RosterList;

  /** `changed` is told each change that a person makes, `confirmed` when the button is pressed. */
  constructor(list: RosterList, changed: (list: RosterList) => void, confirmed: () => void) {
    this.#list = list;
    this.#changed = changed;
    const step = (by: number, text: string, sign: string): HTMLElement =>
      h(
        "button",
        {
          class: "btn",
          type: "button",
          "aria-label": text,
          onclick: () => this.#set(withGuests(this.#list, this.#list.guests + by)),
        },
        h("span", { "aria-hidden": "true" }, sign),
      );
    this.element.append(
      this.#people,
      h(
        "div",
        { class: "guests" },
        h("label", { for: "guests" }, w.guests, h("small", {}, w.guestsHint)),
        step(-1, w.fewerGuests, "−"),
        this.#guests,
        step(1, w.moreGuests, "+"),
      ),
      this.#confirm,
    );
    this.#guests.addEventListener("input", () => this.#set(withGuests(this.#list, this.#guests.valueAsNumber)));
    this.#guests.addEventListener("blur", () => {
      this.#guests.value = String(this.#list.guests);
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      confirmed();
    });
    this.show(list);
  }

  /** Shows a list, whoever changed it. */
  show(list: RosterList): void {
    this.#list = list;
    redraw(
      this.#people,
      list.people.map(({ id, name, role }) => [id, name, role]),
      () => list.people.map((person) => this.#row(person)),
    );
    for (const person of list.people) this.#mark(person);
    if (document.activeElement !== this.#guests) this.#guests.value = String(list.guests);
    setText(this.#confirm, w.confirmPresent(headcount(list)));
  }

  busy(sending: boolean): void {
    setAttribute(this.#confirm, "aria-busy", sending ? "true" : null);
  }

  #set(list: RosterList): void {
    this.show(list);
    this.#changed(list);
  }

  #row({ id, name, role }: Listed): HTMLElement {
    const box = h("input", { type: "checkbox", data: { key: `person-${id}` } });
    box.addEventListener("change", () => this.#set(ticked(this.#list, id, box.checked)));
    const reason = h(
      "select",
      { "aria-label": w.excuseOf(name), data: { key: `excuse-${id}` } },
      h("option", { value: "" }, w.notExcused),
      ...EXCUSES.map((code) => h("option", { value: code }, w.excuses[code])),
    );
    reason.addEventListener("change", () =>
      this.#set(excused(this.#list, id, reason.value === "" ? null : (reason.value as Excuse))),
    );
    return h(
      "li",
      { data: { person: String(id) } },
      h("label", {}, box, h("span", {}, name), h("small", {}, role)),
      reason,
    );
  }

  #mark({ id, ticked: here, excused: reason }: Listed): void {
    const row = this.#people.querySelector<HTMLElement>(`[data-person="${id}"]`);
    const box = row?.querySelector("input");
    const select = row?.querySelector("select");
    if (!box || !select) return;
    box.checked = here;
    select.hidden = here;
    select.value = reason ?? "";
    select.dataset.set = String(reason !== null);
  }
}

/** A line above the list: what it is, or what became of it. */
export function status(text: string, tone: "" | "good" | "warn", name: string): HTMLElement {
  return h("p", { class: tone === "" ? "roster-says" : `roster-says ${tone}` }, name !== "" && icon(name), text);
}
