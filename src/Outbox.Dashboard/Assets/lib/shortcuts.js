// Whether a single key is a shortcut: somebody who speaks to their computer, or presses keys by accident, switches them off.
const name = 'outbox-shortcuts';
let isOn = read() !== 'off';

function read() {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export const hasShortcuts = () => isOn;

export function setShortcuts(on) {
  isOn = on;
  try {
    if (on) localStorage.removeItem(name);
    else localStorage.setItem(name, 'off');
  } catch {
    // Without storage it holds for this page.
  }
}
