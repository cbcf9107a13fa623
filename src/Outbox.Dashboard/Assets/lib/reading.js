// What a page shows and reads again: its value, null until there is one, and why the last attempt failed. What was read before stays beside
// an error, unless it is gone. Only the newest of several attempts counts.
//   const found = reading(() => api.get('/queues/mail', {}, { signal }), draw);
import { newest } from './newest.js';

export function reading(read, draw) {
  const begin = newest();
  const found = {
    value: null,
    error: null,
    load: async () => {
      const isNewest = begin();
      try {
        const value = await read();
        if (!isNewest()) return;
        [found.value, found.error] = [value, null];
      } catch (error) {
        if (error.name === 'AbortError' || !isNewest()) return;
        found.error = error;
        if (error.status === 404) found.value = null;
      }
      draw();
    },
  };
  return found;
}
