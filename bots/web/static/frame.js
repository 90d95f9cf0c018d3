"use strict";

// A frame works without this: it tells the page around it how high it is, and leads to the answer.
(() => {
  const answer = document.getElementById("answer");
  if (answer) answer.focus({ preventScroll: true });
  if (window.parent === window) return;

  // To whichever site shows us; it learns a height and nothing else.
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ type: "recallbot:height", height }, "*");
  };

  new ResizeObserver(tell).observe(document.body);
  tell();
})();
