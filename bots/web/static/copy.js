"use strict";

// Without this a snippet is selected and copied by hand.
(() => {
  const status = document.getElementById("copied");
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copies);
      field.select();
      await navigator.clipboard.writeText(field.value);
      status.textContent = "";
      status.textContent = `${status.dataset.words}: ${field.labels[0].textContent}`;
    });
  }
})();
