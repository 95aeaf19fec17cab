// Puts together what the binary serves under /public/: our own style sheet, script and drawing, htmx, and the icons that
// the pages use as one sprite; each also compressed, so that no request has to wait for it.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = new URL('./', import.meta.url);
const modules = new URL('../node_modules/', here);
const dist = new URL('dist/', here);
const read = (name, from = here) => readFileSync(new URL(name, from), 'utf8');

// By the name that a page uses, the drawing of lucide.
const icons = {
  'arrow-left': 'arrow-left',
  'arrow-right': 'arrow-right',
  ascending: 'chevron-up',
  check: 'check',
  'circle-alert': 'circle-alert',
  descending: 'chevron-down',
  pencil: 'pencil',
  plus: 'plus',
  search: 'search',
};

function symbol(id, drawing) {
  const svg = read(`lucide-static/icons/${drawing}.svg`, modules);
  const inside = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.indexOf('</svg>'));
  return `<symbol id="${id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inside.replace(/\s*\n\s*/g, '')}</symbol>`;
}

function sprite() {
  const licence = read('lucide-static/icons/plus.svg', modules).match(/<!--.*?-->/)[0];
  const symbols = Object.entries(icons).map(([id, drawing]) => symbol(id, drawing));
  return `<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join('')}</svg>\n`;
}

function write(name, text) {
  const bytes = Buffer.from(text);
  writeFileSync(new URL(name, dist), bytes);
  writeFileSync(new URL(`${name}.gz`, dist), gzipSync(bytes, { level: 9 }));
  writeFileSync(new URL(`${name}.br`, dist), brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }));
}

// One's own notes are for who reads the source; comments at the start of a line cost every visitor.
const uncommented = (text) => text.replace(/^\s*\/\/.*\n/gm, '').replace(/^ +/gm, '');

mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) {
  if (name !== '.gitignore') rmSync(new URL(name, dist));
}
write('style.css', read('style.css'));
write('app.js', uncommented(read('app.js')));
write('favicon.svg', read('favicon.svg'));
write('htmx.js', read('htmx.org/dist/htmx.min.js', modules).replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '\n'));
write('icons.svg', sprite());
