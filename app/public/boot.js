// Starts the app: loads the module, mounts it, registers the service worker. Nothing else lives here.
import init, { start } from "{{asset:rapport_app.js}}";

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
