// Starts the app: loads the module, mounts it, registers the service worker. Nothing else lives here, but the word on a
// failure that the app itself cannot tell any more, such as one of memory.
import init, { start } from "{{asset:rapport_app.js}}";

addEventListener("error", ({ error }) => {
  const word = document.getElementById("trouble");
  if (error instanceof WebAssembly.RuntimeError && word && !word.matches(":popover-open")) word.showPopover();
});

try {
  await init({ module_or_path: "{{asset:rapport_app_bg.wasm}}" });
  document.getElementById("boot")?.remove();
  start("{{asset:key-worker.js}}");
  // Only now: what it keeps must not slow down what a first visit waits for. Without one the app works as long as the
  // server can be reached.
  navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
} catch (error) {
  document.querySelector(".boot-loading")?.remove();
  document.querySelector(".boot-failed")?.removeAttribute("hidden");
  throw error;
}
