// Finds entries of the book that have all words of the search; those that have them in their title come first.
"use strict";

const most = 100;
const plain = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
const asked = new URLSearchParams(location.search).get("q") ?? "";
const words = plain(asked).split(/\s+/).filter(Boolean);
const summary = document.getElementById("search-summary");
const results = document.getElementById("search-results");

document.getElementById("search").value = asked;

if (words.length > 0) {
  const found = [];
  for (const [title, text, address] of bookEntries) {
    const inTitle = words.filter((word) => plain(title).includes(word)).length;
    if (words.every((word) => plain(`${title} ${text}`).includes(word))) found.push({ title, text, address, inTitle });
  }
  found.sort((one, other) => other.inTitle - one.inTitle);
  for (const { title, text, address } of found.slice(0, most)) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    const more = document.createElement("p");
    link.href = address;
    link.textContent = title;
    more.textContent = text.length > 240 ? `${text.slice(0, 240)}…` : text;
    more.className = "small quiet";
    entry.append(link, more);
    results.append(entry);
  }
  summary.textContent = found.length > 0 ? summary.dataset.found.replace("#", found.length) : summary.dataset.nothing;
}
