/* Hands in order of raising; the first is the large button. And the start of the meeting before there are any. */

import { byId, h, redraw, setText } from "../dom/h.ts";
import { siteName } from "../live/state.ts";
import { clock, duration } from "../view/time.ts";
import { type Acts, badgeWord, type Scene, w } from "./context.ts";

export class Queue {
  readonly #acts: Acts;
  readonly #list = byId("queue");

  readonly #page: string;

  /** `page` is the address of the meeting's own page. */
  constructor(acts: Acts, page: string) {
    this.#acts = acts;
    this.#page = page;
  }

  update(scene: Scene): void {
    const { live, now } = scene;
    this.#start(scene);
    setText(byId("waiting"), live.state === "live" ? w.waiting(live.hands.length) : "");
    const rows = live.hands.map((hand) => ({
      site: hand.site,
      name: siteName(live, hand.site),
      waited: duration(now - Date.parse(hand.at)),
      topic: hand.topic,
    }));
    if (rows.length === 0) {
      redraw(this.#list, ["empty", live.state], () => [
        live.state === "live" && h("li", { class: "empty" }, w.handsEmpty),
      ]);
      return;
    }
    redraw(
      this.#list,
      rows.map(({ site, topic, name }) => [site, topic, name]),
      () => rows.map((row, index) => (index === 0 ? this.#first(row) : this.#other(row, index))),
    );
    for (const row of rows) {
      const wait = this.#list.querySelector(`[data-wait="${row.site}"]`);
      if (wait !== null) setText(wait, w.waited(row.waited));
    }
  }

  /** In the place of the hands while there is no meeting: its beginning, or how it ended. */
  #start({ live, count }: Scene): void {
    const box = byId("start");
    box.hidden = live.state === "live";
    if (live.state === "planned")
      redraw(box, ["planned", count.online, count.total, live.starts_at], () => [
        h("p", {}, w.planned(clock(live.starts_at))),
        h("p", {}, w.startHint(count.online, count.total)),
        h(
          "button",
          {
            class: "btn btn-main",
            type: "button",
            data: { key: "start-meeting" },
            onclick: () => void this.#acts.send("state", { act: "start" }),
          },
          w.startMeeting,
        ),
      ]);
    else
      redraw(box, [live.state, live.ended_at], () => [
        h("p", {}, live.state === "ended" ? w.endedAt(clock(live.ended_at ?? live.ends_at)) : badgeWord(live.state)),
        h("a", { class: "btn", href: this.#page }, w.meetingPage),
      ]);
  }

  #call(site: string): void {
    void this.#acts.send("floor", { act: "call_on", site });
  }

  #first(row: Row): HTMLElement {
    return h(
      "li",
      { class: "first" },
      h("span", { class: "no" }, "1"),
      h(
        "span",
        {},
        h("b", {}, row.name),
        h("span", { class: "wait", data: { wait: row.site } }),
        h("span", { class: "topic" }, row.topic === "" ? w.noTopic : row.topic),
      ),
      h(
        "button",
        { class: "btn btn-main", type: "button", data: { key: "first" }, onclick: () => this.#call(row.site) },
        h("span", {}, w.callOnSite(row.name)),
        " ",
        h("kbd", { "aria-hidden": "true" }, "1"),
      ),
    );
  }

  #other(row: Row, index: number): HTMLElement {
    return h(
      "li",
      {},
      h("span", { class: "no" }, String(index + 1)),
      h(
        "span",
        {},
        h("b", {}, row.name),
        h("span", { class: "wait", data: { wait: row.site } }),
        h("span", { class: "topic" }, row.topic === "" ? w.noTopic : row.topic),
      ),
      h(
        "button",
        {
          class: "btn",
          type: "button",
          data: { key: row.site },
          onclick: () => this.#call(row.site),
        },
        w.callOn,
        h("span", { class: "sr" }, ` ${row.name}`),
        index < 4 && " ",
        index < 4 && h("kbd", { "aria-hidden": "true" }, String(index + 1)),
      ),
    );
  }
}

interface Row {
  site: string;
  name: string;
  waited: string;
  topic: string;
}
