// The chat works without this file; it saves key strokes, keeps a draft and follows the talk.
"use strict";

(() => {
  const form = document.getElementById("composer");
  const box = document.getElementById("text");
  const log = document.getElementById("log");
  const notice = document.getElementById("notice");
  let sent = "";
  let chose = false;

  const isOurs = (event) => event.detail.ctx.sourceElement === form;

  const follow = () => {
    const last = log.lastElementChild;
    if (!last) return;
    last.scrollIntoView({ block: last.offsetHeight > innerHeight / 2 ? "start" : "end" });
    // A pressed choice is gone by now, so the focus goes on to what it brought.
    if (chose && document.activeElement === document.body) last.focus({ preventScroll: true });
    chose = false;
  };

  const giveBack = () => {
    if (sent && !box.value) box.value = sent;
    sent = "";
  };

  box.addEventListener("keydown", (event) => {
    // While a word is being composed (Japanese, Chinese, …) Enter belongs to the composing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(document.getElementById("send"));
  });

  document.addEventListener("htmx:before:request", (event) => {
    if (!isOurs(event)) return;
    const pressed = event.detail.ctx.request.submitter;
    chose = Boolean(pressed && pressed.name);
    sent = chose ? "" : box.value;
    if (sent) box.value = "";
    form.classList.add("busy");
  });

  document.addEventListener("htmx:response:error", (event) => {
    if (isOurs(event)) giveBack();
  });

  document.addEventListener("htmx:error", (event) => {
    if (!isOurs(event)) return;
    giveBack();
    const words = document.createElement("p");
    words.textContent = box.dataset.failed;
    notice.replaceChildren(words);
  });

  document.addEventListener("htmx:finally:request", (event) => {
    if (isOurs(event)) form.classList.remove("busy");
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target === log) follow();
  });

  // A picture has no height before it has arrived.
  log.addEventListener("load", follow, true);

  // Choosing a language opens the page anew; the draft comes along.
  document.getElementById("language").addEventListener("submit", (event) => {
    if (box.value) event.target.back.value = `/?ask=${encodeURIComponent(box.value)}`;
  });

  follow();
})();
