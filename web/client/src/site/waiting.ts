/* Entered, but the meeting has not begun: a countdown, oneself, and the agenda. */

import { h, icon, redraw, setText } from "../dom/h.ts";
import type { Live } from "../live/state.ts";
import { isMine } from "../view/agenda.ts";
import { seats, tally } from "../view/seats.ts";
import { clock } from "../view/time.ts";
import { type Context, w } from "./context.ts";
import type { Roster } from "./roster.ts";
import { mirror } from "./self.ts";

export class Waiting {
  readonly element = h("div", { class: "card waiting" });
  readonly #context: Context;
  readonly #video = h("video", { class: "pic-video", autoplay: true, playsinline: true });
  readonly #count = h("p", { class: "big" });
  readonly #agenda = h("ol", { class: "mini-day" });
  readonly #ready = h("p");
  readonly #roster: Roster;
  readonly #signIn = h("button", { class: "btn", type: "button", data: { key: "sign-in-first" } });

  constructor(context: Context, roster: Roster) {
    this.#context = context;
    this.#roster = roster;
    this.#signIn.addEventListener("click", () => roster.open());
    this.#video.muted = true;
    this.element.append(
      h("h2", {}, w.waitingTitle),
      h(
        "div",
        { class: "row" },
        h(
          "div",
          { class: "waiting-count" },
          h("p", {}, w.startsIn),
          this.#count,
          h("p", {}, h("b", {}, w.enterByItself)),
          h("span", { class: "pic mirror" }, this.#video),
        ),
        this.#agenda,
      ),
      h("div", { class: "foot" }, this.#signIn, this.#ready),
    );
  }

  update(live: Live, now: number): void {
    mirror(this.#context.devices, this.#video);
    const left = Date.parse(live.starts_at) - now;
    redraw(this.#count, left <= 0 ? 0 : Math.ceil(left / 1000), () => countdown(left));
    const rows = live.agenda.map((segment) => ({
      time: clock(segment.planned_at),
      text: isMine(live, segment, this.#context.me)
        ? w.yourPartMark(segment.department)
        : `${segment.department} ${segment.title}`,
      mine: isMine(live, segment, this.#context.me),
    }));
    redraw(this.#agenda, [rows, live.ends_at], () => [
      ...rows.map((row) => h("li", { class: row.mine ? "mine" : "" }, h("time", {}, row.time), row.text)),
      h("li", {}, h("time", {}, clock(live.ends_at)), w.closing),
    ]);
    const { early } = this.#roster;
    redraw(this.#signIn, early, () => [icon("people"), early]);
    const count = tally(seats(live, null));
    setText(this.#ready, w.readySites(count.online, count.total));
  }
}

export function countdown(left: number): (Node | string)[] {
  if (left <= 0) return [h("span", { class: "soon" }, w.soonStarts)];
  const total = Math.ceil(left / 1000);
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const unit = (n: number, word: string): (Node | string)[] => [String(n), h("small", {}, word), " "];
  if (days > 0) return [...unit(days, w.dayUnit), ...unit(hours, w.hourUnit)];
  if (hours > 0) return [...unit(hours, w.hourUnit), ...unit(minutes, w.minuteUnit)];
  return [...(minutes > 0 ? unit(minutes, w.minuteUnit) : []), ...unit(total % 60, w.secondUnit)];
}
