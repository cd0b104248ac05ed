/* This site's turn to speak: the 3-2-1 before the microphone opens, then the speaking panel. */

import { byId, h, redraw } from "../dom/h.ts";
import { sayFailure } from "../dom/toast.ts";
import type { Live } from "../live/state.ts";
import type { Voice } from "../live/voice.ts";
import { seats, tally } from "../view/seats.ts";
import { duration } from "../view/time.ts";
import { type Context, myName, w } from "./context.ts";
import { closePapers } from "./papers.ts";
import { mirror } from "./self.ts";

const SHOWN_STEPS = 5;

export class Turn {
  readonly #context: Context;
  readonly #overlay = byId("turn");
  readonly #panel = byId("speak");
  readonly #video = h("video", { class: "pic-video", autoplay: true, playsinline: true });
  readonly #ring = h("div", { class: "ring", role: "timer" });
  readonly #steps = h("ol", { class: "steps", "aria-hidden": "true" });
  readonly #title = h("h2", { id: "turn-title" });
  readonly #audience = h("p");
  #called = false;

  constructor(context: Context) {
    this.#context = context;
    this.#video.muted = true;
    const skip = h("button", { class: "btn", type: "button", onclick: () => void this.#skip() }, w.skipTurn);
    this.#overlay.append(
      h(
        "div",
        { class: "card turn" },
        h(
          "div",
          { class: "count" },
          h("span", { class: "pic" }, this.#video),
          h("div", { class: "count-side" }, this.#ring, this.#steps),
        ),
        this.#title,
        h("div", { class: "foot" }, skip, this.#audience),
      ),
    );
  }

  update(live: Live, voice: Voice, now: number): void {
    const counting = voice.kind === "counting";
    const called = counting || voice.kind === "open";
    if (called && !this.#called) closePapers();
    this.#called = called;
    if (counting) {
      mirror(this.#context.devices, this.#video);
      redraw(this.#ring, voice.seconds, () => [h("b", {}, String(voice.seconds))]);
      redraw(this.#steps, [voice.seconds, live.count_in], () => this.#stepList(live.count_in, voice.seconds));
      // Said once: a sentence that changes every second would be read out every second.
      redraw(this.#title, [myName(this.#context)], () => [w.yourTurn(myName(this.#context), voice.seconds)]);
      redraw(this.#audience, live.revision, () => [w.everyoneSees(tally(seats(live, null)).total)]);
    }
    if (this.#overlay.hidden === counting) {
      this.#overlay.hidden = !counting;
      if (!counting) this.#video.srcObject = null;
    }
    document.body.toggleAttribute("data-counting", counting);
    if (voice.kind === "open") document.body.dataset.state = "onair";
    else delete document.body.dataset.state;
    const noMicrophone = this.#context.devices.microphoneState !== "on";
    const spoken = voice.kind === "open" ? duration(now - voice.since) : "";
    redraw(this.#panel, [spoken, noMicrophone], () => [
      h("strong", {}, noMicrophone ? w.onAirNoMic : w.onAirTitle),
      h("p", { class: "time" }, spoken, " ", h("small", {}, w.suggestedLength)),
      h("p", {}, w.whenDone),
    ]);
  }

  #stepList(from: number, seconds: number): Node[] {
    const first = Math.min(Math.max(from, seconds), SHOWN_STEPS);
    const numbers = Array.from({ length: first }, (_, index) => first - index);
    return [
      ...numbers.map((n) => h("li", { class: n === seconds ? "now" : "" }, String(n))),
      h("li", {}, h("span", { class: "onair" }, w.live)),
    ];
  }

  async #skip(): Promise<void> {
    try {
      await this.#context.page.server.act("hand", { act: "skip" });
    } catch (error) {
      sayFailure(error);
    }
  }
}
