/* What a page asks of the server: one POST per act (docs/live-meeting.md, "Acts"). */

import type { Papers } from "./papers.ts";
import type { RosterAnswer, RosterList } from "./roster.ts";
import type { Summary } from "./summary.ts";

/** A rule said no. `message` is a sentence in the person's language, written by the server. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The server did not answer, or not with anything we understand. */
export class Unreachable extends Error {}

export type FloorAct =
  | { act: "call_on" | "broadcast"; site: string }
  | { act: "release" | "stop_broadcast" | "mute_all" | "undo" }
  | { act: "count_in"; seconds: number };
export type HandAct = { act: "raise"; topic: string } | { act: "lower" | "done" | "skip" };
export type AgendaAct = { act: "next" | "warn" } | { act: "grant"; minutes: number };
export type StateAct =
  | { act: "start" | "end" }
  | { act: "extend"; minutes: number }
  | { act: "postpone"; starts_at: string; reason: string }
  | { act: "cancel"; reason: string };

export type RollAct =
  | { act: "open" | "close" | "remind" }
  | { act: "remind" | "unexcuse"; site: string }
  | { act: "count"; site: string; headcount: number }
  | { act: "excuse"; site: string; reason: string };

export type Act =
  | ["floor", FloorAct]
  | ["hand", HandAct]
  | ["hands", { act: "lower_all" } | { act: "lower"; site: string }]
  | ["agenda", AgendaAct]
  | ["state", StateAct]
  | ["chair", { account: string }]
  | ["layout", { layout: "all" | "spotlight" } | { layout: "single"; site: string }]
  | ["check", { failed: string[] }]
  | ["roll", RollAct]
  | ["roster", RosterAnswer];

export interface Ticket {
  url: string;
  token: string;
  identity: string;
  room: string;
}

export type Role = "site" | "wall" | "console" | "main";

const PATIENCE_MS = 10_000;
/** A committee's line may be slow and a file large. */
const FILE_PATIENCE_MS = 120_000;

export class Server {
  readonly base: string;
  readonly #csrf: () => string;
  /** Sent with everything that is asked. */
  readonly #who: Record<string, string>;

  /** `base` is the meeting's address, "/meetings/7"; `asDevice`: this paired PC asks, and not who is signed in on it. */
  constructor(base: string, csrf: string | (() => string), { asDevice = false } = {}) {
    this.base = base;
    this.#csrf = typeof csrf === "string" ? () => csrf : csrf;
    this.#who = asDevice ? { "X-Device": "1" } : {};
  }

  /** The revision after the act. */
  async act(...[address, body]: Act): Promise<number> {
    const answer = await this.#post(`${this.base}/${address}`, body);
    return typeof answer.revision === "number" ? answer.revision : 0;
  }

  async ticket(role: Role): Promise<Ticket> {
    return (await this.#post(`${this.base}/token`, { as: role })) as unknown as Ticket;
  }

  /** The object as text; null when the server cannot be reached just now. */
  live(): Promise<string | null> {
    return this.#get("live.json");
  }

  /** This site's list of its people, as the server has it; null when it cannot be reached just now. */
  roster(): Promise<RosterList | null> {
    return this.#object<RosterList>("roster.json");
  }

  /** What the meeting was for this site; null when the server cannot tell just now. */
  summary(): Promise<Summary | null> {
    return this.#object<Summary>("summary.json");
  }

  /** Documents of this site's items; null when the server cannot tell just now. */
  papers(): Promise<Papers | null> {
    return this.#object<Papers>("documents.json");
  }

  /** A document's content; null when it cannot be had. */
  async document(id: number): Promise<Blob | null> {
    try {
      const response = await fetch(`${this.base}/documents/${id}`, {
        headers: { Accept: "*/*", ...this.#who },
        signal: AbortSignal.timeout(FILE_PATIENCE_MS),
      });
      return response.ok ? await response.blob() : null;
    } catch {
      return null;
    }
  }

  /** Whatever else stands in for the server's answer (a portal's page, say) is no answer. */
  async #object<T>(address: string): Promise<T | null> {
    try {
      return JSON.parse((await this.#get(address)) ?? "null") as T | null;
    } catch {
      return null;
    }
  }

  async #get(address: string): Promise<string | null> {
    try {
      const response = await fetch(`${this.base}/${address}`, {
        cache: "no-store", // a stored answer would carry an old "now"
        headers: { Accept: "application/json", ...this.#who },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return response.ok ? await response.text() : null;
    } catch {
      return null;
    }
  }

  async #post(address: string, body: object): Promise<Record<string, unknown>> {
    let response: Response;
    try {
      response = await fetch(address, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRF-Token": this.#csrf(),
          ...this.#who,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (error) {
      throw new Unreachable(String(error));
    }
    const answer: unknown = await response.json().catch(() => null);
    const fields = typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>) : null;
    if (response.ok && fields !== null) return fields;
    if (response.status >= 500 || fields === null) throw new Unreachable(`${response.status}`);
    throw new Refused(String(fields.code ?? ""), String(fields.message ?? ""), response.status);
  }
}
