// SPDX-License-Identifier: MIT
// Filters, search, keys and the large view. The page is complete without it. Texts come from the
// page only by textContent and by cloning nodes, never as markup.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

const cards = all(".card");
const filters = all(".states [data-state]");
const search = $("#search");
const why = $("#why");
const shown = $("#shown");
const large = $("#large");
const strays = $(".strays");

// What is searched: everything that identifies somebody, in one line.
const texts = cards.map((card) => all("h2, .number, .more, .file, .point", card)
  .map((e) => e.textContent).join(" ").normalize("NFKC").toLowerCase());

let state = "";
// What else a card must be to be shown; for the script of the pages to review by.
let also = () => true;
let visible = cards;
let current = cards[0];

// ---- filtering ----

function apply() {
  const words = search.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  visible = cards.filter((card, i) => {
    const match = (state === "" || card.dataset.state === state) &&
      (why.value === "" || card.dataset.why.split(" ").includes(why.value)) &&
      words.every((word) => texts[i].includes(word)) && also(card);
    card.hidden = !match;
    return match;
  });
  const inState = cards.filter((card) => state === "" || card.dataset.state === state).length;
  shown.value = visible.length === inState ? "" : `${visible.length} / ${inState}`;
  if (strays) {
    strays.hidden = !visible.some((card) => card.dataset.state === "stray");
  }
  if (cards.length > 0) {
    $("#none").hidden = visible.length > 0;
  }
  if (!visible.includes(current)) {
    select(visible[0]);
  }
}

// The reasons that occur, the most frequent first, under their titles.
function fillReasons() {
  const counts = new Map();
  for (const card of cards) {
    for (const code of new Set(card.dataset.why.split(" ").filter(Boolean))) {
      counts.set(code, (counts.get(code) || 0) + 1);
    }
  }
  for (const [code, n] of Array.from(counts).sort((a, b) => b[1] - a[1])) {
    const title = document.getElementById(`why-${code}`);
    why.add(new Option(`${title ? title.textContent : code} (${n})`, code));
  }
  why.hidden = counts.size === 0;
}

for (const button of filters) {
  button.addEventListener("click", () => {
    state = button.dataset.state;
    for (const other of filters) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    apply();
  });
}
search.addEventListener("input", apply);
why.addEventListener("change", apply);

// ---- guide lines ----

function toggleGuides() {
  const on = !document.body.classList.toggle("plain");
  $("#guides").setAttribute("aria-pressed", String(on));
}
$("#guides").addEventListener("click", toggleGuides);

// ---- one of the cards is the current one ----

function select(card, focus = false) {
  if (current) {
    current.tabIndex = -1;
  }
  current = card;
  if (!card) {
    return;
  }
  card.tabIndex = 0;
  if (focus) {
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  }
}

function columns() {
  const top = visible[0].offsetTop;
  const n = visible.findIndex((card) => card.offsetTop !== top);
  return n < 0 ? visible.length : n;
}

// Where a key leads from the i-th card; null for other keys.
function target(key, i) {
  const last = visible.length - 1;
  switch (key) {
    case "ArrowLeft": return Math.max(i - 1, 0);
    case "ArrowRight": return Math.min(i + 1, last);
    case "ArrowUp": return i - columns() < 0 ? i : i - columns();
    case "ArrowDown": return i + columns() > last ? i : i + columns();
    case "Home": return 0;
    case "End": return last;
    default: return null;
  }
}

// ---- the large view ----

function fillGeometry(card) {
  const table = $(".geometry", large);
  const values = (card.dataset.found || "").split(" ");
  table.hidden = values.length < 2;
  all("tr[data-min]", table).forEach((row, i) => {
    const cell = $("td", row);
    const value = Number(values[i]);
    const { min, max, unit } = row.dataset;
    row.hidden = Number.isNaN(value);
    cell.textContent = i === 4 ? `${value.toFixed(1)}${unit}` : `${Math.round(value)}${unit}`;
    cell.classList.toggle("off", value < Number(min) || value > Number(max));
  });
}

function show(card) {
  const frame = document.createElement("div");
  const words = $(".text", card).cloneNode(true);
  frame.className = "frame";
  for (const child of $(".frame", card).children) {
    const copy = child.cloneNode(true);
    copy.removeAttribute("loading");
    frame.append(copy);
  }
  // Beside each reason what to do about it, which the page tells once for all cards.
  for (const item of all(".why li", words)) {
    const link = $("a", item);
    const title = $(link.getAttribute("href"));
    const told = item.dataset.advice || (title && title.nextElementSibling.textContent);
    if (told) {
      const advice = document.createElement("span");
      advice.className = "what";
      advice.textContent = told;
      item.append(advice);
    }
    link.replaceWith(...link.childNodes);
  }
  large.className = card.dataset.state;
  $(".view", large).replaceChildren(frame);
  $(".words", large).replaceChildren(words);
  fillGeometry(card);
  $(".side", large).scrollTop = 0;
}

let opened = null;

function open(card) {
  opened = card;
  select(card);
  show(card);
  if (!large.open) {
    large.showModal();
    $(".view", large).focus();
  }
}

function turn(step) {
  const next = visible[visible.indexOf(current) + step];
  if (next) {
    open(next);
  }
}

// The browser gives the focus back to the card that was opened first; it belongs to the last one.
large.addEventListener("close", () => select(opened, true));
large.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (event.target === large || (button && "close" in button.dataset)) {
    large.close();
  } else if (button && button.dataset.turn) {
    turn(Number(button.dataset.turn));
  }
});

// A plain click on a picture opens it here; with a modifier the browser opens the file, as ever.
$("main").addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  if (!card || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  if (event.target.closest(".frame")) {
    event.preventDefault();
    open(card);
  } else if (!event.target.closest("a, button")) {
    select(card);
  }
});
$("main").addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card && card !== current) {
    select(card);
  }
});

// ---- rejected files, shown as they were sent ----

// What turns out to be no picture leaves the empty figure as it is.
function settle(img) {
  if (img.naturalWidth > 0) {
    img.classList.add("seen");
  } else {
    img.remove();
  }
}

for (const kind of ["load", "error"]) {
  document.addEventListener(kind, (event) => {
    if (event.target instanceof Element && event.target.matches(".original")) {
      settle(event.target);
    }
  }, true);
}
all(".original").filter((img) => img.complete).forEach(settle);

// ---- keys ----

function keyInLarge(event) {
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    turn(event.key === "ArrowLeft" ? -1 : 1);
  } else if (event.key === "g") {
    toggleGuides();
  } else {
    return;
  }
  event.preventDefault();
}

function keyInSearch(event) {
  if (event.key === "Escape") {
    search.value = "";
    apply();
  }
  if ((event.key === "Enter" || event.key === "ArrowDown") && visible.length > 0) {
    select(visible[0], true);
    event.preventDefault();
  }
}

function keyInPage(event) {
  const onCard = document.activeElement && document.activeElement.closest(".card");
  const index = visible.indexOf(current);
  const to = index < 0 ? null : target(event.key, index);
  if (event.key === "/") {
    search.focus();
    search.select();
  } else if (event.key === "g") {
    toggleGuides();
  } else if (event.key === "Enter" && onCard && (event.target === onCard || event.target.closest(".frame"))) {
    open(onCard);
  } else if (to !== null && (onCard || event.key.startsWith("Arrow"))) {
    select(visible[onCard ? to : index], true);
  } else {
    return;
  }
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || $("dialog[open]:not(#large)")) {
    return;
  }
  if (large.open) {
    keyInLarge(event);
  } else if (event.target === search) {
    keyInSearch(event);
  } else if (!event.target.closest("input, select")) {
    keyInPage(event);
  }
});

// ---- start ----

for (const card of cards) {
  card.tabIndex = -1;
  for (const link of all(".frame", card)) {
    link.tabIndex = -1;
  }
}
$(".tools").hidden = false;
$("footer .keys").hidden = false;
fillReasons();
select(current);
apply();
