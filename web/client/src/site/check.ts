/* The self-test before entering, and the wait for the beginning: camera, microphone, network, speaker, countdown. */

import { h, icon, redraw, setAttribute, setText } from "../dom/h.ts";
import type { DeviceState } from "../live/devices.ts";
import { Meter } from "../live/meter.ts";
import { type Network, probe } from "../live/network.ts";
import type { CheckPart, Live } from "../live/state.ts";
import { clock, day } from "../view/time.ts";
import { type Context, w } from "./context.ts";
import { openDevices } from "./device-dialog.ts";
import { ring } from "./ring.ts";
import { cameraSays, microphoneSays, mirror } from "./self.ts";

const AUTO_ENTER_S = 10;
const UNATTENDED_ENTER_S = 4;
const DOORS_MS = 15 * 60_000;
const BARS = 8;
const QUIET = 0.06;
const LISTEN_MS = 4000;
const LAST = "meetinghub.last-check";

export class Check {
  readonly element = h("div", { class: "card check" });
  readonly #context: Context;
  readonly #enter: (failed: CheckPart[]) => void;
  readonly #meter = new Meter();
  readonly #video = h("video", { class: "pic-video", autoplay: true, playsinline: true });
  readonly #camera = h("li");
  readonly #bars = h("span", { class: "end meter", role: "img" }, ...Array.from({ length: BARS }, () => h("i")));
  readonly #microphoneWord = h("span", { class: "hint" });
  readonly #microphone = h(
    "li",
    {},
    h("span", { class: "check-mark" }),
    w.microphone,
    this.#microphoneWord,
    this.#bars,
  );
  readonly #networkRow = h("li");
  readonly #speakerRow = h("li");
  readonly #when = h("p");
  #network: Network = "testing";
  #speaker: "not rung" | "unknown" | "heard" | "silent" = "not rung";
  #running = false;
  #autoAt: number | null = null;

  constructor(context: Context, enter: (failed: CheckPart[]) => void) {
    this.#context = context;
    this.#enter = enter;
    this.#video.muted = true;
    this.element.append(
      h("h2", {}, w.checkTitle),
      h(
        "div",
        { class: "row" },
        h("div", { class: "check-picture" }, h("span", { class: "pic mirror" }, this.#video), h("p", {}, w.sitCloser)),
        h("ul", { class: "check-list" }, this.#camera, this.#microphone, this.#networkRow, this.#speakerRow),
      ),
      h(
        "div",
        { class: "foot" },
        h(
          "button",
          { class: "btn btn-main", type: "button", data: { key: "enter" }, onclick: () => this.finish() },
          w.enter,
        ),
        h(
          "button",
          { class: "btn", type: "button", onclick: () => openDevices(context) },
          icon("gear"),
          w.chooseDevices,
        ),
        this.#when,
      ),
    );
  }

  /** Begins testing; the ring sounds once by itself. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#network = "testing";
    void probe(
      async () => (await this.#context.page.server.live()) !== null,
      () => performance.now(),
    ).then((network) => {
      this.#network = network;
    });
    // Browsers play nothing before the first click or key; then the person rings.
    if (navigator.userActivation?.hasBeenActive) this.#ring();
  }

  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#autoAt = null;
    this.#meter.stop();
    this.#video.srcObject = null;
  }

  /** Several times a second while it is shown. */
  update(live: Live, now: number): void {
    const { devices } = this.#context;
    mirror(devices, this.#video);
    this.#meter.follow(devices.microphone);
    this.#row(this.#camera, devices.cameraState, w.camera, cameraSays(devices.cameraState));
    this.#level(devices.microphoneState);
    redraw(this.#networkRow, this.#network, () => [
      mark(this.#network === "testing" ? null : this.#network === "enough"),
      w.network,
      h(
        "span",
        { class: "end" },
        { testing: w.testing, enough: w.enough, slow: w.slow, failed: w.networkLost }[this.#network],
      ),
    ]);
    redraw(this.#speakerRow, this.#speaker, () => this.#speakerQuestion());
    this.#countdown(live, now);
  }

  finish(): void {
    const failed = this.#failed();
    if (failed.length === 0) remember();
    this.stop();
    this.#enter(failed);
  }

  #failed(): CheckPart[] {
    const { cameraState, microphoneState } = this.#context.devices;
    const failed: CheckPart[] = [];
    if (cameraState !== "on") failed.push("camera");
    if (microphoneState !== "on" || this.#silent()) failed.push("microphone");
    if (this.#speaker === "silent") failed.push("speaker");
    if (this.#network === "failed") failed.push("network");
    return failed;
  }

  /** A microphone that gave nothing at all, not even noise, in several seconds is not a working one. */
  #silent(): boolean {
    return this.#meter.measured > LISTEN_MS && this.#meter.peak === 0;
  }

  #row(row: HTMLElement, state: DeviceState, name: string, trouble: string): void {
    redraw(row, [state], () => [
      mark(state === "asking" ? null : state === "on"),
      name,
      h("span", { class: "end" }, state === "on" ? w.fine : state === "asking" ? w.testing : trouble),
    ]);
  }

  #level(state: DeviceState): void {
    const level = state === "on" ? this.#meter.level() : 0;
    const lit = Math.round(level * BARS);
    for (const [index, bar] of [...this.#bars.children].entries()) bar.classList.toggle("on", index < lit);
    const quiet = this.#meter.measured > LISTEN_MS && this.#meter.peak < QUIET;
    const word = state !== "on" ? microphoneSays(state) : quiet ? w.levelLow : "";
    setText(this.#microphoneWord, word);
    setAttribute(this.#bars, "aria-label", quiet ? w.levelLow : w.levelGood);
    const slot = this.#microphone.firstElementChild;
    if (slot !== null) redraw(slot, [state, quiet], () => [mark(state === "asking" ? null : state === "on" && !quiet)]);
  }

  #ring(): void {
    if (this.#speaker === "not rung") this.#speaker = "unknown";
    void ring(this.#context.devices.choices.speaker);
  }

  #speakerQuestion(): (Node | string)[] {
    const button = (key: string, style: string, text: string, act: () => void): HTMLElement =>
      h("button", { class: style, type: "button", data: { key }, onclick: act }, text);
    const again = button("again", "btn btn-quiet", w.ringAgain, () => this.#ring());
    const heard = button("heard", "btn", w.heard, () => {
      this.#speaker = "heard";
    });
    const silent = button("silent", "btn", w.notHeard, () => {
      this.#speaker = "silent";
    });
    const answers = (...buttons: HTMLElement[]): HTMLElement => h("span", { class: "end answers" }, ...buttons);
    switch (this.#speaker) {
      case "not rung":
        return [
          icon("speaker"),
          h("span", {}, w.playRing),
          answers(button("again", "btn", w.ring, () => this.#ring())),
        ];
      case "unknown":
        return [icon("speaker"), h("span", {}, w.heardRing), answers(again, heard, silent)];
      case "silent":
        return [mark(false), h("span", {}, w.speakerFailed), answers(again, heard)];
      case "heard":
        return [mark(true), w.speaker, h("span", { class: "end" }, w.fine)];
    }
  }

  /** When the meeting begins, the page enters by itself: nobody has to stand by. A paired PC does when its doors open. */
  #countdown(live: Live, now: number): void {
    const unattended = this.#context.unattended !== null;
    const opens = Date.parse(live.starts_at) - DOORS_MS;
    if (live.state !== "live" && !(unattended && now >= opens)) {
      this.#autoAt = null;
      const byItself = `${clock(unattended ? opens : live.starts_at)} ${w.enterByItself}`;
      setText(this.#when, unattended ? byItself : (lastCheck() ?? byItself));
      return;
    }
    this.#autoAt ??= now + (unattended ? UNATTENDED_ENTER_S : AUTO_ENTER_S) * 1000;
    const left = Math.max(0, Math.ceil((this.#autoAt - now) / 1000));
    setText(this.#when, live.state === "live" ? w.enterSoon(left) : w.enterIn(left));
    if (left <= 0 && !document.querySelector("dialog[open]")) this.finish();
  }
}

function mark(good: boolean | null): Node {
  if (good === null) return h("span", { class: "pending", "aria-hidden": "true" });
  const sign = icon(good ? "check" : "absent");
  if (!good) sign.classList.add("bad");
  return sign;
}

function remember(): void {
  try {
    localStorage.setItem(LAST, new Date().toISOString());
  } catch {
    // Only the sentence about last time is lost.
  }
}

function lastCheck(): string | null {
  const at = localStorage.getItem(LAST);
  if (at === null || Number.isNaN(Date.parse(at))) return null;
  const when = day(at);
  return w.lastCheck(w.date(when.year, when.month, when.day, when.weekday));
}
