// Calls an action now, and again after each pause, while the tab is shown: poll(5, async () => …, signal). An action that fails is
// called again as well; it handles its own errors.
export async function poll(seconds, action, signal) {
  while (!signal.aborted) {
    if (!document.hidden) await action();
    await pause(seconds * 1000, signal);
  }
}

function pause(time, signal) {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', back);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const back = () => {
      if (!document.hidden) end();
    };
    const timer = setTimeout(end, time);
    document.addEventListener('visibilitychange', back);
    signal.addEventListener('abort', end);
  });
}
