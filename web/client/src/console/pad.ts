/* Acts for the whole meeting: undo, mute all, lower all hands, end; and what was done just now. */

import { openDialog } from "../dom/dialog.ts";
import { byId, h, icon, redraw } from "../dom/h.ts";
import { say } from "../dom/toast.ts";
import { type Live, type RecentAct, siteName } from "../live/state.ts";
import { clock } from "../view/time.ts";
import { type Acts, type Scene, undoWord, w } from "./context.ts";

export class Pad {
  readonly #acts: Acts;
  #scene: Scene | null = null;
  #seen: string | null = null;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  update(scene: Scene): void {
    this.#scene = scene;
    const { live } = scene;
    const running = live.state === "live";
    redraw(byId("pad"), [undoWord(live), live.undo !== null, running, live.hands.length > 0], () => [
      this.#button("undo", "btn", ["undo", w.undo(undoWord(live)), "Z"], live.undo !== null && running, () =>
        this.undo(),
      ),
      this.#button(
        "mute",
        "btn",
        ["micoff", w.muteAll, "M"],
        running,
        () => void this.#acts.send("floor", { act: "mute_all" }),
      ),
      this.#button(
        "lower",
        "btn",
        ["", w.lowerAll, ""],
        running && live.hands.length > 0,
        () => void this.#acts.send("hands", { act: "lower_all" }),
      ),
      this.#button("end", "btn btn-end", ["end", w.endMeeting, ""], running, () => this.#askToEnd()),
    ]);
    this.#recent(live);
  }

  undo(): void {
    if (this.#scene?.live.undo == null) say(w.undoNothing);
    else void this.#acts.send("floor", { act: "undo" });
  }

  #button(
    key: string,
    style: string,
    [name, text, letter]: [string, string, string],
    enabled: boolean,
    act: () => void,
  ): HTMLElement {
    return h(
      "button",
      { class: style, type: "button", data: { key }, disabled: !enabled, onclick: act },
      name !== "" && icon(name),
      h("span", {}, text),
      letter !== "" && h("kbd", { "aria-hidden": "true" }, letter),
    );
  }

  #askToEnd(): void {
    const scene = this.#scene;
    if (scene === null) return;
    const left = scene.live.agenda.filter((segment) => segment.state === "waiting").length;
    const dialog = openDialog(
      w.endTitle,
      w.close,
      h("p", {}, w.endBody(scene.count.online)),
      ...(left > 0 ? [h("p", {}, w.endAgendaLeft(left))] : []),
      h(
        "div",
        { class: "foot" },
        h(
          "button",
          { class: "btn btn-main", type: "button", onclick: () => void this.#end(() => dialog.close()) },
          w.endMeeting,
        ),
        h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, w.cancel),
      ),
    );
  }

  async #end(close: () => void): Promise<void> {
    if (await this.#acts.send("state", { act: "end" })) close();
  }

  #recent(live: Live): void {
    redraw(byId("recent"), live.recent, () =>
      live.recent.map((act) => h("li", {}, h("time", {}, clock(act.at)), told(live, act))),
    );
    this.#announce(live);
  }

  /** Two consoles: what the other one did is said once. */
  #announce(live: Live): void {
    const [latest] = live.recent;
    const key = latest === undefined ? "" : `${latest.at} ${latest.act} ${latest.site ?? ""}`;
    const before = this.#seen;
    this.#seen = key;
    if (before === null || before === key || latest === undefined || this.#acts.isOurs(latest.act)) return;
    say(told(live, latest));
  }
}

export function told(live: Live, act: RecentAct): string {
  const segment = live.agenda.find((one) => one.id === act.segment);
  const object = act.site !== null ? siteName(live, act.site) : (segment?.department ?? "");
  return w.told(act.by, w.acts[act.act] ?? act.act, object);
}
