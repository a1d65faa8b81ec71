// Typing is work: while somebody writes a long text, the session goes on. Where it has ended
// already, the page says so before anything is sent and lost.
(() => {
  "use strict";
  const script = document.currentScript;
  const notice = document.getElementById("session-ended");
  const pause = Number(script.dataset.seconds) * 1000;
  let last = Date.now();

  async function stay() {
    if (Date.now() - last < pause) return;
    last = Date.now();
    try {
      const options = { cache: "no-store", redirect: "manual" };
      const answer = await fetch(script.dataset.url, options);
      notice.hidden = answer.status === 204;
    } catch {
      // No network at the moment: the next keystroke after the pause asks again.
    }
  }

  document.addEventListener("input", stay);
})();
