/* What everybody sees and hears: large and small picture as in the rooms, broadcast and end of turn. */

import type { Room } from "livekit-client";
import { byId, h, icon, redraw, setText } from "../dom/h.ts";
import { siteName } from "../live/state.ts";
import { isShared, show } from "../live/subscriber.ts";
import { MAIN, type Picture, stage } from "../live/subscriptions.ts";
import { duration } from "../view/time.ts";
import { type Acts, type Scene, w } from "./context.ts";

export class Program {
  readonly #acts: Acts;
  readonly #openMain: () => void;
  #scene: Scene | null = null;

  constructor(acts: Acts, openMain: () => void) {
    this.#acts = acts;
    this.#openMain = openMain;
    byId("broadcast").addEventListener("click", () => this.toggleBroadcast());
    byId("release").addEventListener("click", () => void acts.send("floor", { act: "release" }));
    redraw(byId("release"), 1, () => [`${w.release} `, h("kbd", { "aria-hidden": "true" }, "E")]);
  }

  /** 广播 shows the site that speaks; pressed again it stops. */
  toggleBroadcast(): void {
    const live = this.#scene?.live;
    if (live === undefined) return;
    if (live.broadcast !== null) void this.#acts.send("floor", { act: "stop_broadcast" });
    else if (live.floor !== null) void this.#acts.send("floor", { act: "broadcast", site: live.floor.site });
  }

  update(scene: Scene, room: Room | null): void {
    this.#scene = scene;
    const { live } = scene;
    const shown = stage(live, null, isShared(room, MAIN));
    const small = shown.small;
    const hasLarge = show(room, shown.large, byId<HTMLVideoElement>("large"));
    const hasSmall = show(room, small, byId<HTMLVideoElement>("small"));
    this.#largeNote(scene, shown.large, hasLarge, room === null);
    const note = byId("small-note");
    note.hidden = small !== null && hasSmall;
    redraw(note, [small === null, room === null], () =>
      small === null
        ? [h("span", {}, w.nobody, h("br"), h("small", {}, w.nobodyHint))]
        : [room === null ? w.connecting : w.noPicture],
    );
    redraw(byId("large-caption"), [shown.large, live.main.name], () => [
      h("b", {}, this.#name(scene, shown.large)),
      h("span", {}, w.largePicture),
    ]);
    this.#smallCaption(scene, small);
    this.#sound(scene);
    this.#buttons(scene);
  }

  #name({ live }: Scene, picture: Picture): string {
    if (picture.source === "screen_share") return w.sharedScreen;
    return picture.identity === MAIN ? live.main.name : siteName(live, picture.identity);
  }

  #largeNote({ live }: Scene, picture: Picture, has: boolean, joining: boolean): void {
    const note = byId("large-note");
    note.hidden = has;
    const expected = live.state === "planned" || live.state === "live";
    const offline = picture.identity === MAIN && !live.main.online && expected;
    redraw(note, [offline, joining], () =>
      offline
        ? [
            h(
              "span",
              {},
              w.mainOffline,
              h("br"),
              h(
                "button",
                { class: "btn btn-main", type: "button", data: { key: "open-main" }, onclick: this.#openMain },
                w.openMain,
              ),
            ),
          ]
        : [joining ? w.connecting : w.noPicture],
    );
  }

  #smallCaption(scene: Scene, small: Picture | null): void {
    const { live, now } = scene;
    const speaking = small !== null && live.floor?.site === small.identity;
    byId("floor").classList.toggle("floor", speaking);
    const name = small === null ? w.nobody : this.#name(scene, small);
    const time = speaking && live.floor ? spoken(live.floor.opens_at, now) : "";
    redraw(byId("small-caption"), [name, time], () => [
      h("b", {}, name),
      time === ""
        ? small !== null && h("span", {}, w.smallPicture)
        : h("span", { class: "state" }, icon("wave"), h("span", {}, time)),
    ]);
  }

  #sound({ live, count }: Scene): void {
    const floor = live.floor;
    const muted = count.online - (floor !== null ? 1 : 0);
    setText(
      byId("sound"),
      floor === null
        ? w.soundMainOnly(Math.max(0, muted))
        : w.soundOf(w.list([live.main.name, siteName(live, floor.site)]), Math.max(0, muted)),
    );
  }

  #buttons({ live }: Scene): void {
    const broadcast = byId<HTMLButtonElement>("broadcast");
    const pressed = live.broadcast !== null;
    broadcast.setAttribute("aria-pressed", String(pressed));
    broadcast.disabled = live.state !== "live" || (!pressed && live.floor === null);
    redraw(broadcast, pressed, () => [
      icon("cast"),
      pressed ? w.stopBroadcast : w.broadcast,
      h("kbd", { "aria-hidden": "true" }, "B"),
    ]);
    byId<HTMLButtonElement>("release").disabled = live.state !== "live" || live.floor === null;
  }
}

function spoken(opensAt: string, now: number): string {
  const opens = Date.parse(opensAt);
  return now < opens ? w.countingFor(Math.ceil((opens - now) / 1000)) : w.speakingFor(duration(now - opens));
}
