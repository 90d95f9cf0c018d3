// Shows which photo was chosen, and takes one that is pasted or dropped; the form works without.
"use strict";

(() => {
  const form = document.getElementById("composer");
  const input = document.getElementById("photo");
  if (!input) return;
  const chosen = document.getElementById("chosen");
  const notice = document.getElementById("notice");
  const send = document.getElementById("send");
  let sent = null;

  const show = () => {
    const photo = input.files[0];
    chosen.hidden = !photo;
    // The name stays in the browser; whoever chose the photo knows it by that.
    chosen.firstElementChild.textContent = photo ? photo.name : "";
  };

  const forget = () => {
    input.value = "";
    show();
  };

  const chose = () => {
    notice.replaceChildren();
    if (input.files[0] && input.files[0].size > Number(input.dataset.most)) {
      const words = document.createElement("p");
      words.textContent = input.dataset.tooLarge;
      notice.replaceChildren(words);
      forget();
      return;
    }
    show();
    if (input.files[0]) send.focus();
  };

  const put = (photo) => {
    const one = new DataTransfer();
    one.items.add(photo);
    input.files = one.files;
  };

  const take = (transfer) => {
    const photo = [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
    if (!photo) return false;
    put(photo);
    chose();
    return true;
  };

  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

  const dropping = (yes) => document.body.classList.toggle("dropping", yes);

  input.addEventListener("change", chose);

  chosen.querySelector("button").addEventListener("click", () => {
    forget();
    input.focus();
  });

  document.addEventListener("paste", (event) => {
    if (take(event.clipboardData)) event.preventDefault();
  });

  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    dropping(true);
  });

  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) dropping(false);
  });

  document.addEventListener("drop", (event) => {
    dropping(false);
    if (!hasFiles(event)) return;
    // Dropped anywhere on the page, a file would otherwise replace the page.
    event.preventDefault();
    take(event.dataTransfer);
  });

  const isOurs = (event) => event.detail.ctx.sourceElement === form;

  const giveBack = (event) => {
    if (!isOurs(event) || !sent) return;
    if (!input.files[0]) put(sent);
    sent = null;
    show();
  };

  // A pressed choice answers by itself; the photo waits for the next message.
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (isOurs(event) && request.submitter?.name) request.body.delete("photo");
  });

  document.addEventListener("htmx:before:request", (event) => {
    if (!isOurs(event) || event.detail.ctx.request.submitter?.name) return;
    sent = input.files[0];
    if (sent) send.setAttribute("aria-disabled", "true");
    forget();
  });

  // A second message would cut off the photo that is still on its way.
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || !send.ariaDisabled) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  document.addEventListener("htmx:finally:request", (event) => {
    if (isOurs(event)) send.removeAttribute("aria-disabled");
  });

  document.addEventListener("htmx:response:error", giveBack);
  document.addEventListener("htmx:error", giveBack);

  show();
})();
