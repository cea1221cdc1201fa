// Derives a key from a passphrase away from the page, which stays responsive meanwhile. Answers one question with
// the key's bytes, or with a word for why there are none, and is then ended by the page.
import init, { derive_wrapping_key } from "{{asset:rapport_app.js}}";

addEventListener("message", async ({ data: [passphrase, parameters] }) => {
  await init({ module_or_path: "{{asset:rapport_app_bg.wasm}}" });
  let answer;
  try {
    answer = derive_wrapping_key(passphrase, parameters);
  } catch (reason) {
    answer = String(reason);
  }
  postMessage(answer);
});
