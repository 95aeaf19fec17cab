// The theme. Its colours are CSS variables, which views/style.css gives a light and a dark value; an operator changes
// --accent there, and everything of brass follows.
module.exports = {
  content: ['./views/*.templ'],
  theme: {
    screens: { sm: '40rem', lg: '64rem' },
    colors: {
      paper: 'var(--paper)',
      card: 'var(--card)',
      ink: 'var(--ink)',
      quiet: 'var(--quiet)',
      line: 'var(--line)',
      accent: 'var(--accent)',
      wrong: 'var(--wrong)',
      good: 'var(--good)',
    },
    fontFamily: {
      sans: ['system-ui', '-apple-system', 'Segoe UI', 'Roboto', 'Noto Sans', 'Helvetica', 'Arial', 'sans-serif'],
      serif: ['ui-serif', 'Iowan Old Style', 'Palatino Linotype', 'Palatino', 'Charter', 'Noto Serif', 'Georgia', 'Times New Roman', 'serif'],
    },
    fontSize: {
      small: ['0.875rem', '1.4286'],
      base: ['1rem', '1.5'],
      large: ['1.25rem', '1.4'],
      title: ['1.875rem', '1.2'],
      name: ['2.75rem', '1.1'],
    },
  },
};
