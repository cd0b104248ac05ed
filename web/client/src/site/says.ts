/* Microphone, camera and connection of this site in words. */

import { byId, h, icon, redraw } from "../dom/h.ts";
import type { Link } from "../live/connection.ts";
import { type Live, nextSegment } from "../live/state.ts";
import type { Voice } from "../live/voice.ts";
import { allMine, isMine } from "../view/agenda.ts";
import { clock } from "../view/time.ts";
import { type Context, w } from "./context.ts";
import type { Health } from "./health.ts";
import { cameraSays, microphoneSays } from "./self.ts";

interface Line {
  kind: "mic" | "good" | "warn" | "plain";
  icon: string;
  text: string;
  small: string;
  fix?: true;
}

export class Says {
  readonly #context: Context;
  readonly #list = byId("says");

  readonly #fix: () => void;

  /** `fix` is asked for when the person wants to do something about a missing microphone. */
  constructor(context: Context, fix: () => void) {
    this.#context = context;
    this.#fix = fix;
  }

  update(live: Live, voice: Voice, link: Link, health: Health): void {
    const lines = [this.#microphone(voice), ...this.#others(live, link, health)];
    if (lines.length < 3 && live.agenda.length > 0 && allMine(live, this.#context.me)) lines.push(this.#whole(live));
    redraw(this.#list, lines, () =>
      lines.map((line) =>
        h(
          "li",
          { class: line.kind },
          icon(line.icon),
          h("span", {}, line.text),
          line.small !== "" && h("small", {}, line.small),
          line.fix && this.#button(),
        ),
      ),
    );
  }

  #button(): HTMLElement {
    return h("button", { class: "btn", type: "button", data: { key: "fix" }, onclick: this.#fix }, w.micFix);
  }

  #microphone(voice: Voice): Line {
    const trouble = microphoneSays(this.#context.devices.microphoneState);
    if (trouble !== "") return { kind: "warn", icon: "micoff", text: trouble, small: "", fix: true };
    if (voice.kind === "open") return { kind: "good", icon: "mic", text: w.micOpen, small: "" };
    return { kind: "mic", icon: "micoff", text: w.micClosed, small: w.micOpensByItself };
  }

  #whole(live: Live): Line {
    const text = w.yourPartAll(clock(live.started_at ?? live.starts_at), clock(live.ends_at));
    return { kind: "plain", icon: "clock", text, small: "" };
  }

  #others(live: Live, link: Link, health: Health): Line[] {
    const lines: Line[] = [];
    const warn = (name: string, text: string): void => {
      lines.push({ kind: "warn", icon: name, text, small: "" });
    };
    const camera = cameraSays(this.#context.devices.cameraState);
    if (camera !== "") warn("camoff", camera);
    if (link.kind === "resuming") warn("retry", w.resuming);
    else if (health.reduced) warn("drop", w.reduced);
    else if (health.incomingReduced) warn("drop", w.reducedIncoming);
    else if (health.weak) warn("drop", w.networkWeak);
    if (live.broadcast === this.#context.me)
      lines.push({ kind: "good", icon: "cast", text: w.broadcastYou, small: "" });
    const next = nextSegment(live);
    if (next !== null && next.warned_at !== null && isMine(live, next, this.#context.me))
      lines.push({ kind: "plain", icon: "bell", text: w.getReady(next.department), small: "" });
    return lines;
  }
}
