// The page of `cargo xtask bench`: the app's module without its screens, and its entry points for measuring, each of
// which answers with an object. It registers no service worker.
import init, * as app from "{{asset:rapport_app.js}}";

await init({ module_or_path: "{{asset:rapport_app_bg.wasm}}" });
app.bench_start("{{asset:key-worker.js}}");

const names = ["sign_in", "pull", "unlock", "notice_offline", "save", "bulk", "push", "search", "check"];
const call = (name) => async (...values) => JSON.parse(await app[`bench_${name}`](...values));
globalThis.bench = Object.fromEntries(names.map((name) => [name, call(name)]));
