// What the workbench does while somebody looks at it. Without this script every page works, with buttons in its place.
"use strict";

// Mistakes are shown while somebody types.
for (const form of document.querySelectorAll("form[data-check]")) {
  const shown = document.getElementById(form.dataset.check);
  let waiting = 0;
  let latest = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const number = ++latest;
      const fields = new URLSearchParams(new FormData(form));
      fields.set("check", "1");
      const reply = await fetch(form.action, { method: "POST", body: fields });
      const text = await reply.text();
      if (reply.ok && number === latest) shown.innerHTML = text;
    }, 350);
  });
}

// The answers that a fact can have are proposed beside it.
for (const row of document.querySelectorAll("[data-condition]")) {
  const subject = row.querySelector("select[name=subject]");
  const value = row.querySelector("input[name=value]");
  const propose = () => {
    const list = document.getElementById(`answers-${subject.value}`);
    if (list) value.setAttribute("list", list.id);
    else value.removeAttribute("list");
  };
  subject.addEventListener("change", propose);
  propose();
}

// Proofs go on in the background; what is known of them is fetched until they have ended.
const everyone = document.getElementById("everyone");
const running = () => everyone.querySelector("[data-running]");
async function look() {
  const reply = await fetch(everyone.dataset.progress);
  const text = await reply.text();
  if (!reply.ok) return;
  if (!everyone.contains(document.activeElement) || !text.includes("data-running")) everyone.innerHTML = text;
  if (text.includes("data-running")) setTimeout(look, 1000);
}
if (everyone && running()) setTimeout(look, 700);
