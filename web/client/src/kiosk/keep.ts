/* Keeps this page and its files in the browser, and the worker that answers with them when no server does: a PC that
   boots before the server, or without a network, shows this page and not the browser's error. */

const KEPT = "meetinghub.kiosk";
const PAGE = "/kiosk";

/** Never throws: without it, only a boot without a server is worse. */
export async function keep(): Promise<void> {
  try {
    await navigator.serviceWorker.register("/kiosk-worker.js", { scope: PAGE });
    await keepFiles();
  } catch (error) {
    console.warn("not kept", error);
  }
}

async function keepFiles(): Promise<void> {
  const loaded = new Set(
    performance
      .getEntriesByType("resource")
      .map((entry) => entry.name)
      .filter((name) => name.startsWith(`${location.origin}/static/`)),
  );
  const page = await fetch(PAGE, { cache: "no-store", headers: { Accept: "text/html" } });
  const text = await page.clone().text();
  const named = [...text.matchAll(/"(\/static\/[\w.-]+\.(?:js|css))"/g)].map(([, path]) => `${location.origin}${path}`);
  // A newer build than the one that runs here: this page begins anew soon, and keeps that one.
  if (!page.ok || named.length === 0 || !named.every((name) => loaded.has(name))) return;
  const store = await caches.open(KEPT);
  const known = new Set((await store.keys()).map((request) => request.url));
  await store.addAll([...loaded].filter((name) => !known.has(name)));
  await store.put(PAGE, page);
  for (const name of known) if (name.includes("/static/") && !loaded.has(name)) await store.delete(name);
}
