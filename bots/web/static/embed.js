"use strict";

// For other sites: puts one of our frames behind this script, and keeps every frame of ours on
// the page as high as what is in it.
(() => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const highest = 10000;

  window.addEventListener("message", (event) => {
    if (event.origin !== home || !event.data || event.data.type !== "recallbot:height") return;
    const height = Math.ceil(Number(event.data.height));
    if (!(height > 0 && height <= highest)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === event.source) frame.height = String(height);
    }
  });

  const { show, title, ...asked } = script.dataset;
  if (show !== "check" && show !== "recalls") return;
  const address = new URL(`/embed/${show}`, home);
  for (const name in asked) address.searchParams.set(name, asked[name]);
  const frame = document.createElement("iframe");
  frame.title = title || "recallbot";
  frame.width = "100%";
  frame.height = "320";
  frame.loading = "lazy";
  frame.referrerPolicy = "no-referrer";
  frame.style.border = "0";
  frame.src = address.href;
  script.after(frame);
})();
