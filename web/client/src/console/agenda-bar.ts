/* The agenda to scale of the whole meeting including overrun: later segments slide, their length stays. */

import { byId, h, icon, redraw } from "../dom/h.ts";
import { type Live, nextSegment } from "../live/state.ts";
import { type Agenda, agenda, type Block } from "../view/agenda.ts";
import { clock } from "../view/time.ts";
import { type Acts, type Scene, w } from "./context.ts";

const GRANT_MIN = 5;

export class AgendaBar {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  update({ live, now }: Scene): void {
    const view = agenda(live, now);
    this.#says(live, view);
    this.#buttons(live);
    const place = (at: number): string =>
      `${((100 * (at - view.from)) / Math.max(1, view.to - view.from)).toFixed(2)}%`;
    const blocks = view.blocks.map((block) => this.#block(live, view, block));
    const inside = live.state === "live" && now >= view.from && now <= view.to;
    redraw(byId("agenda-bar"), [blocks, view.from, view.to, inside ? clock(now) : ""], () => [
      h(
        "ol",
        {},
        ...blocks.flatMap((block) => {
          const style = { "--a": place(block.from), "--b": width(place, block.from, block.allowedTo) };
          const item = h(
            "li",
            { class: block.kind, style, title: `${block.title} ${block.detail}` },
            h("b", {}, block.title),
            ` ${block.subject}`,
            h("br"),
            h("small", {}, block.warned && icon("check"), block.detail),
          );
          if (block.to <= block.allowedTo) return [item];
          const over = { "--a": place(block.allowedTo), "--b": width(place, block.allowedTo, block.to) };
          return [
            item,
            h(
              "li",
              { class: "over", style: over },
              h("span", { class: "sr" }, w.minutesOver(Math.floor((block.to - block.allowedTo) / 60_000))),
            ),
          ];
        }),
      ),
      ...ticks(view, inside ? now : null).map(({ at, last }) =>
        h("span", { class: last ? "agenda-tick last" : "agenda-tick", style: { "--a": place(at) } }, clock(at)),
      ),
      inside &&
        h("span", {
          class: `agenda-now${edge((now - view.from) / (view.to - view.from))}`,
          style: { "--a": place(now) },
          data: { at: w.now(clock(now)) },
        }),
    ]);
  }

  /** The current segment's next act, for the key N. */
  next(): void {
    void this.#acts.send("agenda", { act: "next" });
  }

  grant(): void {
    void this.#acts.send("agenda", { act: "grant", minutes: GRANT_MIN });
  }

  #says(live: Live, view: Agenda): void {
    const over = view.current?.over ?? 0;
    const department = view.current?.segment.department ?? "";
    const end = clock(view.to);
    redraw(byId("agenda-says"), [live.state, over, department, end], () => {
      if (live.state === "planned") return [w.plannedFromTo(clock(live.starts_at), clock(live.ends_at))];
      if (live.state === "ended") return [w.endedAt(clock(live.ended_at ?? live.ends_at))];
      return over > 0 ? [h("strong", { class: "late" }, w.overrunSays(department, over, end))] : [w.onTime(end)];
    });
  }

  #buttons(live: Live): void {
    const running = live.agenda.some((segment) => segment.state === "current");
    const next = nextSegment(live);
    const ready = live.state === "live";
    const warnable = next !== null && next.warned_at === null;
    redraw(byId("agenda-acts"), [ready, running, next?.department, next?.speaker, warnable], () => [
      ready &&
        warnable &&
        next !== null &&
        h(
          "button",
          {
            class: "btn",
            type: "button",
            data: { key: "warn" },
            onclick: () => void this.#acts.send("agenda", { act: "warn" }),
          },
          icon("bell"),
          w.warn(next.speaker || next.department),
        ),
      ready &&
        running &&
        h(
          "button",
          { class: "btn btn-main", type: "button", data: { key: "grant" }, onclick: () => this.grant() },
          icon("plus"),
          w.grant(GRANT_MIN),
          h("kbd", { "aria-hidden": "true" }, "+"),
        ),
      ready &&
        (next !== null || running) &&
        h(
          "button",
          { class: "btn", type: "button", data: { key: "next" }, onclick: () => this.next() },
          next === null ? w.finishLast : w.goTo(next.department),
          icon("next"),
          h("kbd", { "aria-hidden": "true" }, "N"),
        ),
    ]);
  }

  #block(live: Live, view: Agenda, block: Block) {
    const { segment } = block;
    const current = segment.state === "current";
    const open = live.state === "planned" || live.state === "live";
    const next = open && nextSegment(live)?.id === segment.id;
    const minutes = w.minutes(segment.minutes + segment.granted);
    let detail = current ? w.plannedUsed(segment.minutes + segment.granted, view.current?.used ?? 0) : segment.title;
    if (segment.state === "waiting" && segment.warned_at !== null)
      detail = w.warnedAt(clock(segment.warned_at), segment.speaker || segment.department);
    return {
      kind: current ? "now" : segment.state === "done" ? "done-part" : next ? "next" : "",
      title: segment.department,
      subject: current ? segment.title : minutes,
      detail,
      warned: segment.state === "waiting" && segment.warned_at !== null,
      from: block.from,
      to: block.to,
      allowedTo: block.allowedTo,
    };
  }
}

/** The label of the present moment stays inside the bar. */
function edge(fraction: number): string {
  if (fraction < 0.04) return " at-start";
  return fraction > 0.96 ? " at-end" : "";
}

function width(place: (at: number) => string, from: number, to: number): string {
  return `${(Number.parseFloat(place(to)) - Number.parseFloat(place(from))).toFixed(2)}%`;
}

/** Where each segment begins and where it all ends; marks too close to another are left out. */
function ticks(view: Agenda, now: number | null): { at: number; last: boolean }[] {
  const apart = (view.to - view.from) * 0.05;
  const marks: { at: number; last: boolean }[] = [];
  for (const block of view.blocks) {
    const before = marks.at(-1);
    const farEnough = before === undefined || block.from - before.at > apart;
    if (now !== null && Math.abs(block.from - now) < 1.4 * apart) continue; // the present moment stands there
    if (farEnough && view.to - block.from > apart) marks.push({ at: block.from, last: false });
  }
  return [...marks, { at: view.to, last: true }];
}
