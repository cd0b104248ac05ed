/* 今天谁来了: the drawer with this site's list of people. One act per meeting, pre-filled from last time.

   It opens by its button, and by itself when the main venue calls the roll or reminds this site and nobody has answered
   yet; never while this site speaks. What was ticked is kept whatever happens to the network. */

import { byId, h, icon, redraw, setAttribute, setText } from "../dom/h.ts";
import { say } from "../dom/toast.ts";
import { Refused } from "../live/acts.ts";
import { retryDelay } from "../live/retry.ts";
import { answerOf, headcount, type RosterList, sameAnswer, tickedCount, withAnswer } from "../live/roster.ts";
import type { Live } from "../live/state.ts";
import { clock } from "../view/time.ts";
import { type Context, w } from "./context.ts";
import { RosterOutbox, type Sent } from "./outbox.ts";
import { RosterForm, status } from "./roster-form.ts";

export class Roster {
  readonly #context: Context;
  readonly #drawer = byId("roster");
  readonly #button = byId<HTMLButtonElement>("roster-open");
  readonly #says = h("div", { role: "status" });
  readonly #body = h("div", { class: "roster-body" });
  readonly #outbox: RosterOutbox;
  #form: RosterForm | null = null;
  #list: RosterList | null = null;
  /** What the server has, to know whether anything was changed here. */
  #served: RosterList | null = null;
  #loading = false;
  #sending = false;
  #refusal = "";
  /** The call or reminder that has opened the drawer already, by its time. */
  #heard = "";
  #live: Live;

  constructor(context: Context) {
    this.#context = context;
    this.#live = context.page.store.live;
    const { server } = context.page;
    this.#outbox = new RosterOutbox(
      server.base,
      context.me,
      (answer) => server.act("roster", answer),
      (sent) => this.#arrived(sent),
    );
    this.#drawer.append(
      h(
        "h2",
        { id: "roster-title", tabindex: "-1" },
        w.rosterTitle,
        h(
          "button",
          { class: "btn btn-quiet", type: "button", "aria-label": w.rosterClose, onclick: () => this.close() },
          icon("close"),
        ),
      ),
      this.#says,
      this.#body,
    );
    this.#button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.#drawer.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    void this.#load();
  }

  get isOpen(): boolean {
    return !this.#drawer.hidden;
  }

  /** "签到 9/10 人": the same words on every button that opens the list. */
  get label(): string {
    if (this.#list === null) return w.signIn;
    const here = tickedCount(this.#list);
    const { length } = this.#list.people;
    if (this.#outbox.waiting !== null) return w.signInWaiting(here, length);
    return this.#answered ? w.signedIn(here, length) : w.signInOf(here, length);
  }

  /** "先签到 9/10 人", while there is time before the meeting. */
  get early(): string {
    if (this.#list === null || this.#answered || this.#outbox.waiting !== null) return this.label;
    return w.signInFirst(tickedCount(this.#list), this.#list.people.length);
  }

  /** By a person's hand: the keyboard goes along. */
  open(): void {
    this.#show(true);
    byId("roster-title").focus({ preventScroll: true });
  }

  close(): void {
    const inside = this.#drawer.contains(document.activeElement);
    this.#show(false);
    if (inside) this.#button.focus({ preventScroll: true });
  }

  /** `here`: this page has entered the meeting, so that a list can be asked for; `onAir`: this site speaks. */
  update(live: Live, here: boolean, onAir: boolean): void {
    this.#live = live;
    this.#button.hidden = !here;
    if (!here && this.isOpen) this.#show(false);
    const mine = live.sites[this.#context.me];
    if (mine?.answered_at && this.#served !== null && isNews(mine.answered_at, this.#served.answered_at))
      void this.#load();
    if (here && !onAir) this.#listen(live);
    this.#draw();
  }

  get #answered(): boolean {
    return (this.#live.sites[this.#context.me]?.answered_at ?? this.#served?.answered_at ?? null) !== null;
  }

  /** Opens by itself once for each call of the roll and each reminder that is meant for us. */
  #listen(live: Live): void {
    const mine = live.sites[this.#context.me];
    if (mine === undefined) return;
    const called = live.roll.closed_at === null ? (live.roll.opened_at ?? "") : "";
    const asked = called > (mine.reminded_at ?? "") ? called : (mine.reminded_at ?? "");
    if (asked === "" || asked === this.#heard) return;
    this.#heard = asked;
    if (mine.headcount === null && mine.excused === null && this.#outbox.waiting === null) this.#show(true);
  }

  #show(open: boolean): void {
    this.#drawer.hidden = !open;
    setAttribute(document.body, "data-roster", open ? "open" : null);
    setAttribute(this.#button, "aria-expanded", String(open));
    if (open && this.#list === null) void this.#load();
    this.#draw();
  }

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const found = await this.#fetched();
    this.#loading = false;
    const touched =
      this.#list !== null && this.#served !== null && !sameAnswer(answerOf(this.#list), answerOf(this.#served));
    this.#served = found;
    const { waiting } = this.#outbox;
    if (waiting !== null) this.#take(withAnswer(found, waiting));
    else this.#take(touched && this.#list !== null ? withAnswer(found, answerOf(this.#list)) : found);
  }

  /** Asks until there is an answer. */
  async #fetched(): Promise<RosterList> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.#context.page.server.roster();
      if (found !== null) return found;
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt, Math.random())));
    }
  }

  #take(list: RosterList): void {
    this.#list = list;
    if (this.#form === null) {
      this.#form = new RosterForm(
        list,
        (changed) => {
          this.#list = changed;
          this.#refusal = "";
          this.#draw();
        },
        () => void this.#confirm(),
      );
      this.#body.append(this.#form.element);
    } else this.#form.show(list);
    this.#draw();
  }

  async #confirm(): Promise<void> {
    const list = this.#list;
    if (list === null || this.#sending) return;
    this.#sending = true;
    this.#form?.busy(true);
    const sent = await this.#outbox.send(answerOf(list));
    this.#sending = false;
    this.#form?.busy(false);
    this.#arrived(sent);
  }

  #arrived(sent: Sent): void {
    this.#refusal = sent instanceof Refused ? sent.message : "";
    if (sent instanceof Refused && !this.isOpen) say(sent.message);
    if (sent === "arrived" && this.#list !== null) {
      this.#served = { ...this.#list, answered_at: this.#served?.answered_at ?? null };
      say(w.rosterArrived(headcount(this.#list)));
      this.close();
    }
    this.#draw();
  }

  #draw(): void {
    const waiting = this.#outbox.waiting !== null;
    const { label } = this;
    const calm = this.#answered && !waiting;
    setAttribute(this.#button, "data-answered", String(calm));
    setAttribute(this.#button, "aria-label", label);
    redraw(this.#button, [label, calm], () => [
      icon(calm ? "check" : "people"),
      h("span", { class: "wide" }, label),
      h("span", { class: "narrow" }, this.#list === null ? w.signIn : shortLabel(this.#list)),
    ]);
    if (!this.isOpen) return;
    const [text, tone, name] = this.#sentence(waiting);
    redraw(this.#says, [text, tone], () => [status(text, tone, name)]);
    if (this.#list === null) setText(this.#body, w.rosterLoading);
    else if (this.#body.firstChild !== this.#form?.element && this.#form !== null)
      this.#body.replaceChildren(this.#form.element);
  }

  #sentence(waiting: boolean): [string, "" | "good" | "warn", string] {
    const mine = this.#live.sites[this.#context.me];
    if (this.#refusal !== "") return [this.#refusal, "warn", "drop"];
    if (waiting && !this.#sending) return [w.rosterKept, "warn", "retry"];
    if (mine?.answered_at) return [w.rosterAnswered(clock(mine.answered_at)), "good", "check"];
    if (mine?.reminded_at) return [w.rosterReminded, "", "bell"];
    if (this.#live.roll.opened_at !== null && this.#live.roll.closed_at === null) return [w.rosterCalled, "", "bell"];
    return [this.#served?.source === "last_time" ? w.rosterHint : w.rosterHintFirst, "", ""];
  }
}

function shortLabel(list: RosterList): string {
  return `${tickedCount(list)}/${list.people.length}`;
}

/** An answer that this page has not seen yet, from another window; `seen` may have a finer clock. */
function isNews(answered: string, seen: string | null): boolean {
  return seen === null || Date.parse(answered) > Date.parse(seen);
}
