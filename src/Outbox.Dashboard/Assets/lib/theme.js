// The theme that somebody chose: system, light or dark. /theme.js applies it before the first paint.
const root = document.documentElement;

export const theme = () => root.dataset.theme ?? 'system';

export function setTheme(name) {
  if (name === 'system') delete root.dataset.theme;
  else root.dataset.theme = name;
  try {
    if (name === 'system') localStorage.removeItem('outbox-theme');
    else localStorage.setItem('outbox-theme', name);
  } catch {
    // Without storage it holds for this page.
  }
}
