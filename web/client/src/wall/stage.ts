/* The large pictures above the seats: main venue and floor, or a single site. */

import type { Room } from "livekit-client";
import { byId, h, icon, redraw, setText } from "../dom/h.ts";
import { type Live, siteName } from "../live/state.ts";
import { isShared, show } from "../live/subscriber.ts";
import { MAIN, type Picture, wallStage } from "../live/subscriptions.ts";
import { duration } from "../view/time.ts";
import { words as w } from "../words/index.ts";

export class Stage {
  readonly #figures = [new Figure(), new Figure()];

  constructor() {
    byId("stage").append(...this.#figures.map((figure) => figure.element));
  }

  update(live: Live, room: Room | null, now: number): void {
    const pictures = wallStage(live, isShared(room, MAIN));
    for (const [index, figure] of this.#figures.entries()) figure.update(pictures[index] ?? null, live, room, now);
  }
}

class Figure {
  readonly element = h("figure");
  readonly #video = h("video", { class: "pic-video", autoplay: true, playsinline: true });
  readonly #note = h("span", { class: "pic-note" });
  readonly #caption = h("figcaption");

  constructor() {
    this.#video.muted = true;
    this.element.append(h("span", { class: "pic" }, this.#video, this.#note), this.#caption);
  }

  update(picture: Picture | null, live: Live, room: Room | null, now: number): void {
    this.element.hidden = picture === null;
    if (picture === null) {
      this.#video.srcObject = null;
      return;
    }
    const has = show(room, picture, this.#video);
    this.#note.hidden = has || room === null;
    setText(this.#note, w.noPicture);
    const speaking = live.floor?.site === picture.identity;
    this.element.classList.toggle("speaking", speaking);
    const main = picture.identity === MAIN;
    const name = main ? live.main.name : siteName(live, picture.identity);
    const count = live.sites[picture.identity]?.headcount ?? null;
    const detail =
      picture.source === "screen_share"
        ? w.sharedScreen
        : main
          ? live.main.place
          : count === null
            ? ""
            : w.people(count);
    const time = speaking && live.floor ? spoken(live.floor.opens_at, now) : "";
    const waits = !main && !speaking && live.next[0] === picture.identity;
    redraw(this.#caption, [name, detail, time, waits], () => [
      h("strong", {}, name),
      detail !== "" && h("span", {}, detail),
      time !== "" && h("span", { class: "state" }, icon("wave"), h("span", {}, time)),
      waits && h("span", { class: "state" }, icon("hand"), h("span", {}, w.waitingNext)),
    ]);
  }
}

function spoken(opensAt: string, now: number): string {
  const opens = Date.parse(opensAt);
  return now < opens ? w.countingFor(Math.ceil((opens - now) / 1000)) : w.speakingFor(duration(now - opens));
}
