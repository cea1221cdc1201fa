// Derives a key from a passphrase away from the page, which stays responsive meanwhile. Answers one question with
// the key's bytes, or with a word for why there are none, and is then ended by the page.
import { derive_wrapping_key, initSync } from "{{asset:rapport_app.js}}";

addEventListener("message", ({ data: [module, passphrase, parameters] }) => {
  let answer;
  try {
    initSync({ module });
    answer = derive_wrapping_key(passphrase, parameters);
  } catch (reason) {
    answer = String(reason);
  }
  postMessage(answer);
});
