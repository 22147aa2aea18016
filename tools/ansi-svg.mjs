#!/usr/bin/env node
// A terminal's text with its colours (tmux capture-pane -e -p) on stdin, as a picture (SVG) on stdout. It knows the
// attributes that `scanward top` uses: bold, dim, underline, inverse, and the eight colours.
import { readFileSync } from 'node:fs';

const CELL = { width: 8.4, height: 17, font: 14, margin: 12 };
const FORE = '#d8dee9';
const BACK = '#1e222a';
const COLOURS = ['#3b4252', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', FORE];
const PLAIN = { bold: false, dim: false, underline: false, inverse: false, colour: FORE };

/** The style after one `CSI … m`. */
function styled(style, codes) {
  let now = style;
  for (const code of codes.length > 0 ? codes : [0]) {
    if (code === 0) now = PLAIN;
    else if (code === 1) now = { ...now, bold: true };
    else if (code === 2) now = { ...now, dim: true };
    else if (code === 4) now = { ...now, underline: true };
    else if (code === 7) now = { ...now, inverse: true };
    else if (code === 22) now = { ...now, bold: false, dim: false };
    else if (code === 24) now = { ...now, underline: false };
    else if (code === 27) now = { ...now, inverse: false };
    else if (code === 39) now = { ...now, colour: FORE };
    else if (code >= 30 && code <= 37) now = { ...now, colour: COLOURS[code - 30] };
  }
  return now;
}

/** The pieces of one style of each line; a style lasts beyond its line. */
function piecesOf(text) {
  let style = PLAIN;
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const pieces = [];
      let column = 0;
      // eslint-disable-next-line no-control-regex
      for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
        // eslint-disable-next-line no-control-regex
        const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
        if (codes !== undefined) {
          style = styled(style, codes.split(';').filter(Boolean).map(Number));
        } else if (part !== '') {
          pieces.push({ ...style, text: part, column });
          column += [...part].length;
        }
      }
      return pieces;
    });
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const at = (value) => String(Math.round(value * 10) / 10);

function drawn({ text, column, bold, dim, underline, inverse, colour }, row) {
  const [x, top] = [CELL.margin + column * CELL.width, CELL.margin + row * CELL.height];
  const width = [...text].length * CELL.width;
  const box = inverse
    ? `<rect x="${at(x)}" y="${at(top)}" width="${at(width)}" height="${CELL.height}" fill="${colour}"/>`
    : '';
  const line = underline
    ? `<rect x="${at(x)}" y="${at(top + CELL.height - 2)}" width="${at(width)}" height="1" fill="${colour}"/>`
    : '';
  const style = [
    `fill="${inverse ? BACK : colour}"`,
    ...(bold ? ['font-weight="bold"'] : []),
    ...(dim ? ['opacity="0.55"'] : []),
  ].join(' ');
  // Each word stands where it stands, and is as wide as it is, whatever the font.
  const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => {
    const left = at(x + [...text.slice(0, index)].length * CELL.width);
    return `<text x="${left}" y="${at(top + 13)}" textLength="${at([...word].length * CELL.width)}" ${style}>${escaped(word)}</text>`;
  });
  return box + line + words.join('');
}

const lines = piecesOf(readFileSync(0, 'utf8'));
const columns = Math.max(...lines.map((pieces) => pieces.reduce((n, { text }) => n + [...text].length, 0)));
const width = at(2 * CELL.margin + columns * CELL.width);
const height = at(2 * CELL.margin + lines.length * CELL.height);
console.log(
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="6" fill="${BACK}"/>`,
    `<g font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${CELL.font}">`,
    ...lines.flatMap((pieces, row) => pieces.map((piece) => drawn(piece, row)).filter(Boolean)),
    '</g>',
    '</svg>',
  ].join('\n'),
);
