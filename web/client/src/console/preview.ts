/* The next to speak, seen by the operator before anybody else sees it. */

import type { Room } from "livekit-client";
import { byId, h, redraw } from "../dom/h.ts";
import type { CheckPart } from "../live/state.ts";
import { show } from "../live/subscriber.ts";
import { type Scene, w } from "./context.ts";

export function partName(part: CheckPart): string {
  return { camera: w.partCamera, microphone: w.partMicrophone, speaker: w.partSpeaker, network: w.partNetwork }[part];
}

export class Preview {
  readonly #changed: () => void;
  #chosen: string | null = null;
  #scene: Scene | null = null;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The site prepared: the one chosen by hand while its hand is up, else the first in line. */
  site(hands: readonly { site: string }[]): string | null {
    const chosen = hands.some((hand) => hand.site === this.#chosen) ? this.#chosen : null;
    return chosen ?? hands[0]?.site ?? null;
  }

  update(scene: Scene, room: Room | null): void {
    this.#scene = scene;
    const { live } = scene;
    const id = this.site(live.hands);
    const has = show(room, id === null ? null : { identity: id, source: "camera" }, byId<HTMLVideoElement>("preview"));
    const note = byId("preview-note");
    note.hidden = id !== null && (has || room === null);
    redraw(note, id === null, () => [id === null ? w.previewEmpty : w.noPicture]);
    const seat = scene.seats.find((one) => one.id === id);
    const signal = id === null ? 3 : (scene.reports.get(id)?.signal ?? 3);
    const network = signal === 1 ? w.networkPoor : signal === 2 ? w.networkFair : w.networkGood;
    const facts =
      seat === undefined
        ? ""
        : [seat.site.headcount === null ? w.countPending : w.people(seat.site.headcount), network].join(" · ");
    redraw(byId("preview-acts"), [id, facts, seat?.site.check, live.hands.length > 1], () =>
      seat === undefined
        ? []
        : [
            h("p", {}, h("b", {}, seat.site.name), ` ${facts}`, h("br"), readiness(seat.site.check)),
            live.hands.length > 1 &&
              h(
                "button",
                { class: "btn", type: "button", data: { key: "other" }, onclick: () => this.#other() },
                w.chooseAnother,
              ),
          ],
    );
  }

  #other(): void {
    const hands = this.#scene?.live.hands ?? [];
    const at = hands.findIndex((hand) => hand.site === this.site(hands));
    this.#chosen = hands[(at + 1) % Math.max(1, hands.length)]?.site ?? null;
    this.#changed();
  }
}

function readiness(check: { failed: CheckPart[] } | null): string {
  if (check === null) return w.previewNoCheck;
  return check.failed.length === 0 ? w.previewReady : w.previewCheckFailed(w.list(check.failed.map(partName)));
}
