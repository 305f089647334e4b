'use strict';

// Two kinds of charts as SVG. Colours and fonts come from the page's style sheet, by class.

const WIDTH = 520;
const HEIGHT = 260;
const MARGIN = { left: 52, right: 10, top: 18, bottom: 28 };
const INNER_WIDTH = WIDTH - MARGIN.left - MARGIN.right;
const INNER_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom;
const BAR_MAX = 46;
const BAR_GAP = 4;
const TICKS = 4;
const LABELLED_MAX = 12; // bars that have room for figures
const ROOM = 1.5; // beyond the points of lines, for their figures
const BACK_ENDS = ['uring', 'epoll'];

const fixed = (value) => Number(value.toFixed(1));

// 1234567 -> 1.2M, 21034 -> 21k: labels have little room.
function short(value, digits) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(value < 1e5 ? 1 : 0)}k`;
  return value.toFixed(value >= 100 ? 0 : digits);
}

// The next of 1, 2, 2.5, 5 times a power of ten.
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function svg(title, parts) {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${parts.join('')}</svg>`;
}

const text = (x, y, anchor, content, name = '') =>
  `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" class="${name}">${content}</text>`;
const line = (x1, y1, x2, y2, name) =>
  `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" class="${name}"/>`;

function gridLine(y, label) {
  return line(MARGIN.left, y, WIDTH - MARGIN.right, y, 'grid') + text(MARGIN.left - 6, y + 4, 'end', label, 'soft');
}

// groups: [{ label, uring, epoll }], each back end with median, min and max; or bars of other kinds, which the style
// sheet has to know.
function bars(title, groups, digits, kinds = BACK_ENDS) {
  const most = Math.max(...groups.flatMap((group) => kinds.map((kind) => group[kind].max)));
  const step = roundUp(most / TICKS || 1);
  const top = step * Math.ceil(most / step || 1);
  const y = (value) => MARGIN.top + INNER_HEIGHT * (1 - value / top);
  const parts = [];
  for (let value = 0; value <= top; value += step) parts.push(gridLine(y(value), short(value, step < 1 ? 2 : 0)));
  const slot = INNER_WIDTH / groups.length;
  const width = Math.min(BAR_MAX, slot / kinds.length - BAR_GAP * 2);
  const whole = kinds.length * (width + BAR_GAP) - BAR_GAP;
  groups.forEach((group, i) => {
    const middle = MARGIN.left + slot * (i + 0.5);
    kinds.forEach((kind, place) => {
      const { median, min, max } = group[kind];
      const x = middle - whole / 2 + place * (width + BAR_GAP);
      parts.push(`<rect x="${fixed(x)}" y="${fixed(y(median))}" width="${fixed(width)}" ` +
        `height="${fixed(y(0) - y(median))}" class="${kind}"/>`);
      parts.push(line(x + width / 2, y(min), x + width / 2, y(max), 'range'));
      if (groups.length * kinds.length <= LABELLED_MAX)
        parts.push(text(x + width / 2, y(max) - 4, 'middle', short(median, digits)));
    });
    parts.push(text(middle, HEIGHT - 8, 'middle', group.label, 'soft'));
  });
  return svg(title, parts);
}

// points: as groups; the scale is logarithmic.
function lines(title, points) {
  const values = points.flatMap((point) => BACK_ENDS.flatMap((io) => [point[io].min, point[io].max]));
  const low = Math.max(0, Math.floor(Math.log10(Math.min(...values) / ROOM)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values) * ROOM)));
  const y = (value) =>
    MARGIN.top + INNER_HEIGHT * (1 - (Math.log10(Math.max(1, value)) - low) / (high - low));
  const x = (i) => MARGIN.left + INNER_WIDTH * (i + 0.5) / points.length;
  const parts = [];
  for (let power = low; power <= high; power++) parts.push(gridLine(y(10 ** power), short(10 ** power, 0)));
  points.forEach((point, i) => parts.push(text(x(i), HEIGHT - 8, 'middle', point.label, 'soft')));
  BACK_ENDS.forEach((io, side) => {
    const shift = side ? 3 : -3; // so that the ranges do not hide each other
    parts.push(`<path class="${io}" d="M${points.map((p, i) => `${fixed(x(i) + shift)} ${fixed(y(p[io].median))}`)
      .join('L')}"/>`);
    points.forEach((point, i) => {
      const { median, min, max } = point[io];
      // The figure of the greater one stands above its range, the other below.
      const above = median > point[BACK_ENDS[1 - side]].median || (side === 0 && median === point.epoll.median);
      const least = Math.min(point.uring.min, point.epoll.min);
      const most = Math.max(point.uring.max, point.epoll.max);
      parts.push(line(x(i) + shift, y(min), x(i) + shift, y(max), 'range'));
      parts.push(`<circle cx="${fixed(x(i) + shift)}" cy="${fixed(y(median))}" r="3.5" class="${io}"/>`);
      parts.push(text(x(i), above ? y(most) - 6 : y(least) + 16, 'middle', short(median, 0), `of-${io}`));
    });
  });
  return svg(title, parts);
}

module.exports = { bars, lines };
