document.body.textContent = 'Outbox';
