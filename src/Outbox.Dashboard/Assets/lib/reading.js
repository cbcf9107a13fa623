// What a page shows and reads again: its value, null until there is one, and why the last attempt failed. What was read before stays beside
// an error, unless it is gone.
//   const found = reading(() => api.get('/queues/mail', {}, { signal }), draw);
export function reading(read, draw) {
  const found = {
    value: null,
    error: null,
    load: async () => {
      try {
        found.value = await read();
        found.error = null;
      } catch (error) {
        if (error.name === 'AbortError') return;
        found.error = error;
        if (error.status === 404) found.value = null;
      }
      draw();
    },
  };
  return found;
}
