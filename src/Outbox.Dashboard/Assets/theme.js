// Runs before the first paint, so that a chosen theme does not flash. The switch is in app.js.
try {
  const theme = localStorage.getItem('outbox-theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme applies.
}
