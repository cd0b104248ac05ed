/* One named seat of the wall. It is made once and never moves; only strip, ring and note change. */

import type { Room } from "livekit-client";
import { h, icon, redraw, setAttribute } from "../dom/h.ts";
import type { Report } from "../live/reports.ts";
import { show } from "../live/subscriber.ts";
import { seatWord } from "../view/seat-words.ts";
import type { Seat } from "../view/seats.ts";
import { duration } from "../view/time.ts";
import { words as w } from "../words/index.ts";

export class SeatTile {
  readonly element = h("li", { class: "seat" });
  readonly #video = h("video", { class: "pic-video", autoplay: true, playsinline: true });
  readonly #note = h("span", { class: "seat-note" });
  readonly #chip = h("span", { class: "seat-chip" });
  readonly #state = h("span", { class: "state" });
  readonly #strip: HTMLElement;
  readonly #name = h("span", { class: "seat-name" });

  constructor() {
    this.#video.muted = true;
    this.#strip = h("span", { class: "seat-strip" }, this.#name, this.#state);
    this.element.append(h("span", { class: "pic" }, this.#video, this.#note, this.#chip), this.#strip);
  }

  /** `lostFor` in milliseconds. */
  update(seat: Seat, report: Report | undefined, room: Room | null, lostFor: number): void {
    const { name } = seat.site;
    setAttribute(this.element, "data-state", seat.state);
    setAttribute(this.#video, "aria-label", w.pictureOf(name));
    const picture = show(room, { identity: seat.id, source: "camera" }, this.#video);
    redraw(this.#name, name, () => [name]);
    this.#name.className = `seat-name${nameClass(name)}`;
    const word = seatWord(w, seat, lostFor, false);
    redraw(this.#state, word, () => [
      icon(word.icon),
      h(
        "span",
        {},
        word.optional !== "" && h("span", { class: "opt" }, word.optional),
        word.text,
        word.number !== "" && " ",
        word.number !== "" && h("b", {}, word.number),
      ),
    ]);
    this.#chipOf(seat, report);
    this.#noteOf(seat, picture || room === null, lostFor);
  }

  #chipOf(seat: Seat, report: Report | undefined): void {
    const signal = report?.signal ?? 3;
    this.#chip.hidden = !seat.online;
    const label = signal === 3 ? w.networkGood : signal === 2 ? w.networkFair : w.networkPoor;
    redraw(this.#chip, [seat.site.headcount, signal], () => [
      h("span", {}, seat.site.headcount === null ? w.countPending : w.people(seat.site.headcount)),
      signal === 1 && h("span", {}, w.weakNetwork),
      h(
        "span",
        { class: "signal", data: { level: String(signal) }, role: "img", "aria-label": label },
        h("i"),
        h("i"),
        h("i"),
      ),
    ]);
  }

  #noteOf(seat: Seat, picture: boolean, lostFor: number): void {
    const { operator, phone } = seat.site;
    if (seat.state === "absent")
      redraw(this.#note, ["absent", operator, phone], () => [
        h("span", {}, `${w.operatorToday} ${operator}`),
        h("span", { class: "tel" }, icon("phone"), ` ${phone}`),
      ]);
    else if (seat.state === "dropped")
      redraw(this.#note, ["dropped", duration(lostFor)], () => [
        h("b", {}, duration(lostFor)),
        h("span", {}, w.reconnectingItself),
      ]);
    else if (seat.state === "excused") redraw(this.#note, "excused", () => [h("span", {}, w.excused)]);
    else redraw(this.#note, ["online", picture], () => (picture ? [] : [icon("camoff"), h("span", {}, w.cameraOff)]));
    this.#note.hidden = seat.online && picture;
  }
}

/** Names are never cut: longer ones are set smaller. */
export function nameClass(name: string): string {
  const width = [...name].reduce((sum, char) => sum + (char.charCodeAt(0) < 0x2e80 ? 0.56 : 1), 0);
  if (width <= 4) return "";
  return width <= 5 ? " long" : " longer";
}
