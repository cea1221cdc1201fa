// Runs in the page before the app does, for measurements only. It notes when things were painted, and how long keys
// and presses took to be. It changes nothing that the app sees but one function, whose calls it notes.
(() => {
  // Right after the frame that is being made: what is in the page now is painted then.
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(0);
      });
    });

  // Resolves with the moment at which something was first painted that the condition found.
  const when = (condition) =>
    new Promise((resolve) => {
      const look = () => {
        if (!condition()) return false;
        observer.disconnect();
        painted().then(resolve);
        return true;
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
      look();
    });

  const named = (name) => document.querySelector(`[data-test="${name}"]`);
  const measure = { painted, when, named, memories: [] };

  // From the key of a field to the paint after which nothing more changed.
  measure.key = (seen) =>
    new Promise((resolve) => {
      const handler = async (event) => {
        removeEventListener("input", handler, true);
        const frames = [];
        do frames.push([await painted(), seen()]);
        while (frames.length < 6 || frames.at(-1)[0] - event.timeStamp < 120);
        const last = frames.at(-1)[1];
        resolve(frames.find(([, text]) => text === last)[0] - event.timeStamp);
      };
      addEventListener("input", handler, true);
    });

  // From a press to the paint of what the condition waits for.
  measure.press = (condition) =>
    new Promise((resolve) => {
      addEventListener("click", (event) => when(condition).then((at) => resolve(at - event.timeStamp)), {
        capture: true,
        once: true,
      });
    });

  // From the sending of a form to the moment at which the app leaves it, which it does once everything is on the disk.
  measure.left = () =>
    new Promise((resolve) => {
      addEventListener("submit", (event) => {
        const replace = history.replaceState;
        history.replaceState = function (...values) {
          history.replaceState = replace;
          resolve(performance.now() - event.timeStamp);
          return replace.apply(this, values);
        };
      }, { capture: true, once: true });
    });

  // The memory of the app's module is known to the module alone.
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const made = WebAssembly[name];
    WebAssembly[name] = async function (...values) {
      const result = await made.apply(this, values);
      const memory = (result.instance ?? result).exports?.memory;
      if (memory) measure.memories.push(memory);
      return result;
    };
  }
  measure.wasmBytes = () => measure.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);

  globalThis.measure = measure;
  measure.door = when(() => named("login") ?? named("unlock-passphrase"));
})();
