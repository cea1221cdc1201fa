// Keeps one complete version of the app on the device and serves it, network or not. It never keeps answers of the
// server's interface, never gives the page in place of a missing file, and never changes versions under an open page.
const BUILD = "{{build_id}}";
const FILES = {{precache}};
const CACHE = `rapport-${BUILD}`;

addEventListener("install", (event) => {
  event.waitUntil(fill());
});

async function fill() {
  const cache = await caches.open(CACHE);
  // Names of assets tell their content, so what the page has just loaded need not travel again; the page's own name
  // does not.
  const mode = (file) => (file.startsWith("/assets/") ? "default" : "reload");
  await cache.addAll(FILES.map((file) => new Request(file, { cache: mode(file) })));
}

addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("rapport-") && name !== CACHE) {
      await caches.delete(name);
    }
  }
  // The page of the first visit was loaded without a service worker; from here on it works offline as well.
  await clients.claim();
}

addEventListener("message", (event) => {
  if (event.data === "take-over") {
    skipWaiting();
  }
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    if (isPage(address.pathname)) {
      event.respondWith(kept("/", request));
    }
  } else if (FILES.includes(address.pathname)) {
    event.respondWith(kept(address.pathname, request));
  }
});

function isPage(path) {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return !path.startsWith("/api/") && path !== "/healthz" && !last.includes(".");
}

async function kept(file, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(file)) ?? fetch(request);
}
