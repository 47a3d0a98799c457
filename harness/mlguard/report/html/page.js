"use strict";
const guards = [...document.querySelectorAll(".guard")];
const help = document.getElementById("help");
const root = document.documentElement;

function kept(value) {
  // A browser may refuse to keep anything for files.
  try {
    if (value !== undefined) localStorage.setItem("mlguard-theme", value);
    return localStorage.getItem("mlguard-theme") || "";
  } catch {
    return value || "";
  }
}

function show(theme) {
  root.dataset.theme = theme;
}

function turn() {
  const order = ["", "dark", "light"];
  const next = order[(order.indexOf(root.dataset.theme || "") + 1) % order.length];
  show(next);
  kept(next);
}

function go(step) {
  const here = guards.findIndex((guard) => guard.contains(document.activeElement));
  const next = guards[Math.min(Math.max(here + step, 0), guards.length - 1)];
  if (next) visit(next);
}

function visit(guard) {
  guard.querySelector("details").open = true;
  guard.focus({ preventScroll: true });
  guard.scrollIntoView({ block: "start" });
}

function fold(guard) {
  const details = guard && guard.querySelector("details");
  if (details) details.open = !details.open;
}

function foldAll() {
  const all = guards.map((guard) => guard.querySelector("details"));
  const open = !all.every((one) => one.open);
  for (const one of all) one.open = open;
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  o: () => fold(guards.find((guard) => guard.contains(document.activeElement))),
  e: foldAll,
  t: turn,
  "?": () => (help.open ? help.close() : help.showModal()),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

for (const link of document.querySelectorAll("nav a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    visit(document.getElementById(link.hash.slice(1)));
  });
}

document.getElementById("theme").addEventListener("click", turn);
document.getElementById("keys").addEventListener("click", keys["?"]);
document.getElementById("close").addEventListener("click", () => help.close());
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => (one.open = true)));
show(kept());
