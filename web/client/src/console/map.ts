/* The map of seats: one is selected, arrow keys move over the grid, Enter gives the floor. */

import type { Room } from "livekit-client";
import { openDialog } from "../dom/dialog.ts";
import { byId, h, icon, redraw, setAttribute, setText } from "../dom/h.ts";
import { show } from "../live/subscriber.ts";
import { seatWord } from "../view/seat-words.ts";
import type { Seat } from "../view/seats.ts";
import { type Acts, type Scene, w } from "./context.ts";

class MapSeat {
  readonly element = h("li");
  readonly button = h("button", { class: "map-seat", type: "button", tabindex: "-1" });
  readonly #video = h("video", { class: "pic-video", autoplay: true, playsinline: true, "aria-hidden": "true" });
  readonly #name = h("b");
  readonly #state = h("span", { class: "state" });

  constructor() {
    this.#video.muted = true;
    this.button.append(
      h("span", { class: "pic" }, this.#video, icon("phone")),
      h("span", { class: "map-text" }, this.#name, this.#state),
    );
    this.element.append(this.button);
  }

  update(seat: Seat, lostFor: number, room: Room | null, pictures: boolean): void {
    setAttribute(this.element, "data-state", seat.state);
    setText(this.#name, seat.site.name);
    const word = seatWord(w, seat, lostFor, true);
    redraw(this.#state, word, () => [
      icon(word.icon),
      h("span", {}, word.optional, word.text, word.number !== "" && " ", word.number !== "" && h("b", {}, word.number)),
    ]);
    if (pictures) show(room, { identity: seat.id, source: "camera" }, this.#video);
    else if (this.#video.srcObject !== null) this.#video.srcObject = null;
  }
}

const STEPS: Record<string, (columns: number) => number> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
};

export class SeatMap {
  readonly #acts: Acts;
  readonly #changed: () => void;
  readonly #list = byId("map");
  readonly #items = new Map<string, MapSeat>();
  #selected = "";

  constructor(acts: Acts, order: readonly string[], changed: () => void) {
    this.#acts = acts;
    this.#changed = changed;
    for (const id of order) {
      const item = new MapSeat();
      item.button.addEventListener("click", () => this.select(id));
      item.button.addEventListener("keydown", (event) => this.#key(event, id));
      this.#items.set(id, item);
      this.#list.append(item.element);
    }
    this.#list.append(h("li", { class: "map-legend" }, w.mapHint));
    byId("find").addEventListener("click", () => this.find());
    this.select(order[0] ?? "");
  }

  get selected(): string {
    return this.#selected;
  }

  select(id: string): void {
    this.#selected = id;
    for (const [other, item] of this.#items) {
      setAttribute(item.button, "aria-pressed", String(other === id));
      item.button.tabIndex = other === id ? 0 : -1;
    }
    this.#changed();
  }

  update(scene: Scene, room: Room | null, pictures: boolean): void {
    const { count } = scene;
    setText(byId("map-tally"), w.mapTally(count.hands, count.dropped, count.absent));
    for (const seat of scene.seats)
      this.#items.get(seat.id)?.update(seat, scene.losses.since(seat, scene.now), room, pictures);
  }

  #key(event: KeyboardEvent, id: string): void {
    if (event.key === "Enter") {
      event.preventDefault();
      void this.#acts.send("floor", { act: "call_on", site: id });
      return;
    }
    const step = STEPS[event.key];
    if (step === undefined) return;
    const columns = getComputedStyle(this.#list).gridTemplateColumns.split(" ").length;
    const order = [...this.#items.keys()];
    const target = order[order.indexOf(id) + step(columns)];
    if (target === undefined) return;
    event.preventDefault();
    this.select(target);
    this.#items.get(target)?.button.focus();
  }

  /** Type a name or a seat number; the first match is selected as one types. */
  find(): void {
    const input = h("input", { type: "search", id: "find-text", autocomplete: "off" });
    const result = h("p", { role: "status" });
    const form = h("form", { class: "field" }, h("label", { for: "find-text" }, w.findLabel), input, result);
    const dialog = openDialog(w.find, w.close, form);
    const match = (): string | null => {
      const wanted = input.value.trim();
      if (wanted === "") return null;
      for (const [id, item] of this.#items)
        if (String(Number(id.slice(-2))) === wanted || item.button.textContent?.includes(wanted)) return id;
      return null;
    };
    input.addEventListener("input", () => {
      const id = match();
      if (id !== null) this.select(id);
      const name = id === null ? null : this.#items.get(id)?.button.querySelector("b")?.textContent;
      setText(result, input.value.trim() === "" ? "" : (name ?? w.findNone));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (match() === null) return;
      dialog.close();
      this.#items.get(this.#selected)?.button.focus();
    });
    input.focus();
  }
}
