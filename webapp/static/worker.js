// The desk without the server: its shell and what the shell needs are kept by the browser; pages with people on them never
// are. SHELL stands above: {version, files, pages: {language: address}, first: language}, by the server.
"use strict";
const CACHE = `desk-${SHELL.version}`, LANGUAGE = "desk-language", PATIENCE_MS = 8000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // nobody's: without the cookie; what has a version in its address may come from the browser's own cache
    await cache.addAll(SHELL.files.map((address) => new Request(address, { credentials: "omit" })));
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("desk-") && name !== CACHE && name !== LANGUAGE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

const kept = async (address) => (await caches.open(CACHE)).match(address, { ignoreVary: true });
const language = async () => (await (await (await caches.open(LANGUAGE)).match("/desk/language"))?.text()) ?? SHELL.first;
const shell = async () => (await kept(SHELL.pages[await language()] ?? SHELL.pages[SHELL.first])) ?? Response.error();
const isAway = (answer) => answer.status >= 500;  // whatever is wrong there, the desk works here
const opened = async (request) => {
  const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error("no answer")), PATIENCE_MS));
  try {
    const answer = await Promise.race([fetch(request), late]);
    return isAway(answer) ? shell() : answer;
  } catch {
    return shell();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url), address = url.pathname + url.search;
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (SHELL.files.includes(address)) event.respondWith(kept(address).then((found) => found ?? fetch(request)));
  else if (request.mode === "navigate" && !/\.\w+$/.test(url.pathname)) event.respondWith(opened(request));
});
