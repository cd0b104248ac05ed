/* The two pictures from others: the large one, and the small one above one's own. */

import type { Room } from "livekit-client";
import { byId, icon, redraw, setText } from "../dom/h.ts";
import { currentSegment, type Live, siteName } from "../live/state.ts";
import { isShared, show } from "../live/subscriber.ts";
import { MAIN, type Picture, stage } from "../live/subscriptions.ts";
import { agenda } from "../view/agenda.ts";
import { type Context, w } from "./context.ts";
import { note } from "./self.ts";

export class Pictures {
  readonly #context: Context;
  readonly #large = byId<HTMLVideoElement>("large");
  readonly #small = byId<HTMLVideoElement>("small");

  constructor(context: Context) {
    this.#context = context;
  }

  update(live: Live, room: Room | null, now: number): void {
    const shown = stage(live, this.#context.me, isShared(room, MAIN));
    const hasLarge = show(room, shown.large, this.#large);
    const hasSmall = show(room, shown.small, this.#small);
    if (room !== null) {
      note(byId("large-note"), hasLarge ? "" : this.#why(live, shown.large));
      note(
        byId("small-note"),
        shown.small === null ? this.#waiting(live) : hasSmall ? "" : this.#why(live, shown.small),
      );
    }
    setText(byId("large-name"), this.#caption(live, shown.large));
    setText(byId("small-name"), shown.small === null ? w.nobodySpeaks : this.#caption(live, shown.small));
    const segment = currentSegment(live);
    setText(byId("large-segment"), segment === null ? "" : `${segment.department} ${segment.title}`);
    const over = agenda(live, now).current?.over ?? 0;
    setText(byId("large-over"), over > 0 ? w.minutesOver(over) : "");
    byId("large-over").classList.toggle("late", over > 0);
    this.#state(live, shown.small, now);
  }

  #caption(live: Live, picture: Picture): string {
    if (picture.source === "screen_share") return `${live.main.name} · ${w.sharedScreen}`;
    return picture.identity === MAIN ? live.main.name : siteName(live, picture.identity);
  }

  #why(live: Live, picture: Picture): string {
    if (picture.identity === MAIN) return live.main.online ? w.noPicture : w.soonStarts;
    return w.noPicture;
  }

  #waiting(live: Live): string {
    const names = live.hands.slice(0, 3).map((hand) => siteName(live, hand.site));
    return names.length === 0 ? "" : w.waitingToSpeak(w.list(names));
  }

  #state(live: Live, small: Picture | null, now: number): void {
    const floor = live.floor;
    const speaking = small !== null && floor !== null && floor.site === small.identity;
    byId("floor").classList.toggle("quiet", !speaking);
    const opensIn = speaking ? Math.ceil((Date.parse(floor.opens_at) - now) / 1000) : 0;
    redraw(byId("small-state"), [speaking, opensIn > 0 ? opensIn : 0], () =>
      speaking ? [icon("wave"), opensIn > 0 ? w.countingFor(opensIn) : w.speaking] : [],
    );
  }
}
