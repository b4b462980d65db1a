// Pictures of numbers: how far people came, and what was sent over time.

import { html, nothing } from "./lit-html.js";

const NUMBER = new Intl.NumberFormat("en");

/** A count with its thousands apart. */
export const count = (number) => NUMBER.format(number);

/** A state with its colour. */
export const stateName = (state) => html`<span class="state"><i class="swatch ${state}"></i>${state}</span>`;

export const funnel = (stages) => html`
  <ol class="funnel">${stages.map(({ label, count: people, share, kind }) => html`
    <li><span>${label}</span>
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class=${kind} width=${share} height="1"></rect></svg>
      <b>${count(people)}</b></li>`)}</ol>`;

/** What `GET /api/chart` says. */
export const chart = ({ chart, every }) => (chart ? html`
  <figure class="chart">
    <svg viewBox="0 0 ${chart.width} ${chart.height}" preserveAspectRatio="none" role="img" aria-label="Messages over time">
      ${chart.bars.map((bar) => rectangle(bar))}</svg>
    <figcaption class="quiet">${chart.first}${chart.last === chart.first ? "" : ` to ${chart.last}`}, at most ${count(chart.highest)} in ${every}: ends of attempts;
      <i class="swatch queued"></i>queued: to be sent again later.</figcaption>
  </figure>` : html`<p class="quiet">Nothing was sent yet.</p>`);

/** An element of SVG: a template of its own would be one of HTML. */
const rectangle = ({ x, y, width, height, state, title }) => {
  const element = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
    return made;
  };
  const made = element("rect", { x, y, width, height, class: state });
  const words = element("title", {});
  words.textContent = title;
  made.append(words);
  return made;
};

/** Pairs of a word and a number or a text; what is not known is left out. */
export const facts = (pairs) => html`
  <dl class="facts">${pairs.map(([word, value]) => (value === undefined || value === null || value === "" ? nothing : html`
    <div><dt>${word}</dt><dd>${typeof value === "number" ? count(value) : value}</dd></div>`))}</dl>`;
