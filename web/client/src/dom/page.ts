/* What the server wrote into the page: where the meeting lives, whose page it is, and the first object. */

import { Server } from "../live/acts.ts";
import { parse } from "../live/state.ts";
import { Store } from "../live/store.ts";
import { byId } from "./h.ts";

export interface Page {
  server: Server;
  store: Store;
  account: string;
}

export function readPage(): Page {
  const first = parse(byId("live").textContent ?? undefined);
  if (first === null) throw new Error("the page holds no object of the meeting");
  const base = document.body.dataset.base ?? "";
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
  return { server: new Server(base, csrf), store: new Store(first), account: document.body.dataset.account ?? "" };
}
