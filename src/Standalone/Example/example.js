// A form of an application: it sends a request that is answered with a task, and shows the task.
const form = document.getElementById('form');
const problem = document.getElementById('problem');
const [email, name] = [document.getElementById('email'), document.getElementById('name')];
const button = form.querySelector('button');

form.addEventListener('submit', async event => {
  event.preventDefault();
  button.disabled = true;
  problem.textContent = '';
  try {
    const answer = await fetch('register', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: email.value, displayName: name.value || null }),
    });
    const body = await answer.json();
    if (answer.ok) {
      follow(body.taskId, email.value);
      form.reset();
      email.focus();
    } else {
      problem.textContent = body.detail ?? 'That did not work. Please try again.';
    }
  } catch {
    problem.textContent = 'The server cannot be reached. Please try again.';
  }

  button.disabled = false;
});

function follow(id, who) {
  const [item, title, progress] = ['li', 'strong', 'task-progress'].map(tag => document.createElement(tag));
  title.textContent = who;
  progress.setAttribute('href', `tasks/${id}`);
  progress.setAttribute('label', `Registration of ${who}`);
  progress.setAttribute('words', JSON.stringify({ Waiting: 'Accepted; a worker is about to send the mail', Succeeded: 'Done: the mail is on its way' }));
  item.append(title, progress);
  document.getElementById('tasks').prepend(item);
}
