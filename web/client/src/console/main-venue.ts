/* This computer as the main venue: its camera, microphone and screen, and the floor's voice in the room.

   It has a connection of its own (identity "main"), beside the console's: the console can be closed or reloaded in
   another window without the meeting losing its main venue, and a second console can watch without publishing. */

import type { Room } from "livekit-client";
import { openDialog } from "../dom/dialog.ts";
import { byId, h, icon, redraw } from "../dom/h.ts";
import type { Page } from "../dom/page.ts";
import { say } from "../dom/toast.ts";
import { Connection, type Link } from "../live/connection.ts";
import { Devices } from "../live/devices.ts";
import { Meter } from "../live/meter.ts";
import { Publisher } from "../live/publisher.ts";
import { isOver, type Live } from "../live/state.ts";
import { applyPlan, Voices } from "../live/subscriber.ts";
import { mainPlan } from "../live/subscriptions.ts";
import { openDevices } from "../site/device-dialog.ts";
import { cameraSays, microphoneSays, mirror } from "../site/self.ts";
import { w } from "./context.ts";

const KEY = "meetinghub.main";
const BARS = 12;

export class MainVenue {
  readonly #page: Page;
  readonly #connection: Connection;
  readonly #voices = new Voices();
  readonly #meter = new Meter();
  #devices: Devices | null = null;
  #publisher: Publisher | null = null;
  #open = true;
  #redraw: (() => void) | null = null;

  constructor(page: Page) {
    this.#page = page;
    this.#connection = new Connection(page.server, "main", {
      link: (link) => this.#onLink(link),
      joined: (room) => this.#onJoined(room),
      changed: (room) => this.#onChanged(room),
      metadata: (text) => page.store.offer(text),
    });
    byId("main-venue").addEventListener("click", () => this.show());
    page.store.onChange((live) => this.#onObject(live));
    if (sessionStorage.getItem(KEY) === page.server.base && !isOver(page.store.live)) this.start();
    this.update();
  }

  get active(): boolean {
    return this.#devices !== null;
  }

  start(): void {
    if (this.#devices === null) {
      this.#devices = new Devices();
      this.#publisher = new Publisher(this.#devices);
      this.#publisher.setOpen(this.#open);
      this.#devices.onChange(() => this.#tell());
    }
    sessionStorage.setItem(KEY, this.#page.server.base);
    void this.#devices.open();
    this.#connection.start();
    this.#tell();
  }

  async stop(): Promise<void> {
    sessionStorage.removeItem(KEY);
    await this.#publisher?.unshare();
    this.#publisher?.left();
    this.#devices?.close();
    this.#meter.stop();
    this.#devices = this.#publisher = null;
    await this.#connection.stop();
    this.#tell();
  }

  /** The button in the top bar: what this computer is, in words. */
  update(): void {
    const { live } = this.#page.store;
    const { kind } = this.#connection.link;
    const trouble = this.active && kind !== "connected" && kind !== "stopped";
    const text = trouble ? w.mainLost : this.active ? w.mainOn : live.main.online ? w.mainElsewhere : w.mainDevices;
    const button = byId("main-venue");
    button.classList.toggle("on", this.active && !trouble);
    button.classList.toggle("bad", trouble);
    redraw(button, [text, this.active], () => [
      icon(this.active ? "cam" : "camoff"),
      h("span", { class: "cut" }, text),
    ]);
  }

  show(): void {
    const video = h("video", { class: "pic-video", autoplay: true, playsinline: true });
    video.muted = true;
    const bars = h("span", { class: "meter", "aria-hidden": "true" }, ...Array.from({ length: BARS }, () => h("i")));
    const body = h("div", { class: "main-venue" });
    const picture = h("span", { class: "pic mirror" }, video);
    const dialog = openDialog(w.mainTitle, w.close, h("p", {}, w.mainBody), picture, bars, body);
    const draw = (): void => {
      picture.hidden = bars.hidden = !this.active;
      if (this.#devices !== null) mirror(this.#devices, video);
      this.#drawDialog(body);
    };
    const timer = setInterval(() => this.#level(bars), 120);
    this.#redraw = draw;
    dialog.element.addEventListener("close", () => {
      clearInterval(timer);
      this.#meter.stop();
      video.srcObject = null;
      this.#redraw = null;
    });
    draw();
  }

  #drawDialog(body: HTMLElement): void {
    const devices = this.#devices;
    const publisher = this.#publisher;
    const troubles =
      devices === null
        ? []
        : [cameraSays(devices.cameraState), microphoneSays(devices.microphoneState)].filter((text) => text !== "");
    const { kind } = this.#connection.link;
    redraw(body, [this.active, troubles, this.#open, publisher?.sharing, kind], () =>
      devices === null || publisher === null
        ? [
            h(
              "button",
              { class: "btn btn-main", type: "button", data: { key: "start-main" }, onclick: () => this.start() },
              w.mainStart,
            ),
          ]
        : [
            ...troubles.map((text) => h("p", { class: "error" }, text)),
            kind !== "connected" && h("p", { class: "error", role: "status" }, w.mainLost),
            h(
              "div",
              { class: "foot" },
              h(
                "button",
                {
                  class: "btn",
                  type: "button",
                  data: { key: "main-mute" },
                  "aria-pressed": String(!this.#open),
                  onclick: () => this.#mute(),
                },
                icon(this.#open ? "mic" : "micoff"),
                this.#open ? w.muteMain : w.unmuteMain,
              ),
              h(
                "button",
                { class: "btn", type: "button", data: { key: "share" }, onclick: () => void this.#share(publisher) },
                icon("screen"),
                publisher.sharing ? w.unshare : w.share,
              ),
              h(
                "button",
                {
                  class: "btn",
                  type: "button",
                  data: { key: "devices" },
                  onclick: () => openDevices({ devices }, () => this.#speaker()),
                },
                icon("gear"),
                w.mainDevices,
              ),
              h(
                "button",
                { class: "btn", type: "button", data: { key: "stop" }, onclick: () => void this.stop() },
                icon("end"),
                w.mainStop,
              ),
            ),
          ],
    );
  }

  #level(bars: HTMLElement): void {
    this.#meter.follow(this.#devices?.microphone ?? null);
    const lit = Math.round(this.#meter.level() * BARS);
    for (const [index, bar] of [...bars.children].entries()) bar.classList.toggle("on", index < lit);
  }

  #mute(): void {
    this.#open = !this.#open;
    this.#publisher?.setOpen(this.#open);
    this.#tell();
  }

  async #share(publisher: Publisher): Promise<void> {
    if (publisher.sharing) await publisher.unshare();
    else await publisher.share(() => this.#tell());
    this.#tell();
  }

  #speaker(): void {
    const chosen = this.#devices?.choices.speaker ?? "";
    void this.#connection.room
      ?.switchActiveDevice("audiooutput", chosen === "" ? "default" : chosen)
      .catch(() => undefined);
  }

  #onLink(link: Link): void {
    if (link.kind !== "connected" && link.kind !== "resuming") this.#publisher?.left();
    if (link.kind === "replaced") {
      void this.stop();
      say(w.mainReplaced);
    } else if (link.kind === "removed") void this.stop();
    this.#tell();
  }

  #onJoined(room: Room): void {
    this.#publisher?.joined(room);
    this.#speaker();
  }

  #onChanged(room: Room): void {
    this.#subscribe(room, this.#page.store.live);
    if (!room.canPlaybackAudio) void room.startAudio().catch(() => undefined);
  }

  #onObject(live: Live): void {
    const room = this.#connection.room;
    if (room !== null) this.#subscribe(room, live);
    if (this.active && isOver(live)) void this.stop();
  }

  #subscribe(room: Room, live: Live): void {
    applyPlan(room, mainPlan(live));
    this.#voices.sync(room);
  }

  #tell(): void {
    this.update();
    this.#redraw?.();
  }
}
