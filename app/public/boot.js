// Starts the app: registers the service worker, loads the module, mounts it. Nothing else lives here.
import init, { start } from "{{asset:rapport_app.js}}";

if ("serviceWorker" in navigator) {
  // Without one the app works as long as the server can be reached.
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}

try {
  await init({ module_or_path: "{{asset:rapport_app_bg.wasm}}" });
  document.getElementById("boot")?.remove();
  start("{{asset:key-worker.js}}");
} catch (error) {
  document.querySelector(".boot-loading")?.remove();
  document.querySelector(".boot-failed")?.removeAttribute("hidden");
  throw error;
}
