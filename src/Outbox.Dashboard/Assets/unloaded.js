// Tells whoever opens a dashboard that does not start: a module cannot be loaded, or is of another version, while the service is being updated.
addEventListener(
  'error',
  event => {
    const isOfAModule = event.target === window || event.target.localName === 'script';
    if (!isOfAModule || document.querySelector('#main, #unloaded')) return;
    const words = document.createElement('p');
    words.id = 'unloaded';
    words.className = 'note bad';
    words.setAttribute('role', 'alert');
    words.textContent = 'The dashboard could not be loaded: the service is being updated, or cannot be reached. Load this page again.';
    document.body.append(words);
  },
  true, // the error of an element does not bubble
);
