"use strict";
const byId = (id) => document.getElementById(id);
const make = (tag, fields, ...children) => {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
};

// Light or dark: what the system says, until somebody chooses.
{
  const theme = byId("theme");
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const nameTheme = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", isDark() ? "Switch to light colors" : "Switch to dark colors");
  };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
  nameTheme();
}

// A slash goes to the search.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest && event.target.closest("input");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
  byId("search").focus();
  event.preventDefault();
});

// A picture is as wide as the page; one that was made smaller for that can be shown whole.
for (const picture of document.querySelectorAll(".picture")) {
  const svg = picture.querySelector("svg");
  const whole = make("button", { type: "button", className: "whole" }, "Full size");
  whole.setAttribute("aria-pressed", "false");
  whole.addEventListener("click", () => {
    whole.setAttribute("aria-pressed", String(picture.classList.toggle("whole")));
  });
  picture.before(whole);
  new ResizeObserver(() => {
    const fits = svg.getAttribute("width") <= picture.clientWidth;
    whole.hidden = fits && !picture.classList.contains("whole");
  }).observe(picture);
}
