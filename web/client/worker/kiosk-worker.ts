/* Answers for the page of a paired PC when no server does: with the page and the files that it last kept for itself
   (kiosk/keep.ts). The page then says what is going on, and goes on by itself. */

export {};

declare const self: ServiceWorkerGlobalScope;

const KEPT = "meetinghub.kiosk"; // kiosk/keep.ts says the same: a worker's file stands alone
const PAGE = "/kiosk";
const PATIENCE_MS = 8000;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});

/** The server's page, or the kept one when it does not answer, takes too long, or answers for another (502, 503). */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // Nobody answers.
  }
  return (await kept(PAGE)) ?? fetch(request);
}

/** Names of files carry a hash of their content: what is kept is what is wanted. */
async function file(request: Request): Promise<Response> {
  return (await kept(request.url)) ?? fetch(request);
}

async function kept(address: string): Promise<Response | undefined> {
  return await (await caches.open(KEPT)).match(address, { ignoreSearch: true });
}
